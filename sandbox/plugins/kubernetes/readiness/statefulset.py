"""A StatefulSet is ready when every Pod is Ready and of the newest revision (above the partition)."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, observed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live StatefulSet."""
    spec, status = live.get("spec") or {}, live.get("status") or {}
    if not observed(live):
        return waiting("Waiting for the StatefulSet controller to see the new generation")
    wanted = spec.get("replicas", 1)
    ready = status.get("readyReplicas", 0)
    if ready < wanted:
        return waiting(f"{ready} of {wanted} Pods are Ready")
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return READY
    moving = wanted - (strategy.get("rollingUpdate") or {}).get("partition", 0)
    updated = status.get("updatedReplicas", 0)
    if updated < moving:
        return waiting(f"{updated} of {moving} Pods are of the new revision")
    if moving == wanted and status.get("currentRevision") != status.get("updateRevision"):
        return waiting("The new revision is not current yet")
    return READY
