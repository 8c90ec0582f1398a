"""A Deployment is ready when the rollout of its newest generation is complete and available."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, condition, observed, waiting


def check(live: dict[str, Any]) -> Verdict:  # noqa: PLR0911 - one for each stage of a rollout
    """Judge the live Deployment; pods of the generation before do not count."""
    spec, status = live.get("spec") or {}, live.get("status") or {}
    if spec.get("paused"):
        return READY
    if not observed(live):
        return waiting("Waiting for the Deployment controller to see the new generation")
    wanted = spec.get("replicas", 1)
    updated = status.get("updatedReplicas", 0)
    if updated < wanted:
        return waiting(f"{updated} of {wanted} Pods are of the new generation{_progress(live)}")
    if status.get("replicas", 0) > updated:
        return waiting(f"{status['replicas'] - updated} Pods of the old generation are still ending")
    available = status.get("availableReplicas", 0)
    if available < wanted:
        return waiting(
            f"Minimum number of Pods to consider the application live was not attained: {available} of "
            f"{wanted} are available{_progress(live)}"
        )
    if wanted and condition(live, "Available").get("status") != "True":
        return waiting("The Deployment is not Available yet")
    return READY


def deadline_exceeded(live: dict[str, Any]) -> str | None:
    """When the controller gave this rollout up (the condition's time), None when it has not."""
    progress = condition(live, "Progressing")
    if not observed(live) or progress.get("reason") != "ProgressDeadlineExceeded":
        return None
    return str(progress.get("lastUpdateTime", ""))


def _progress(live: dict[str, Any]) -> str:
    """What the controller says about it, when it is bad news."""
    for kind in ("ReplicaFailure", "Progressing"):
        found = condition(live, kind)
        bad = found.get("status") == ("True" if kind == "ReplicaFailure" else "False")
        if bad:
            return f" ({found.get('reason')}: {found.get('message')})"
    return ""
