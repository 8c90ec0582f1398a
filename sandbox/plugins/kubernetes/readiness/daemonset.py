"""A DaemonSet is ready when every node that should run it runs the newest generation."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, observed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live DaemonSet."""
    status = live.get("status") or {}
    if not observed(live):
        return waiting("Waiting for the DaemonSet controller to see the new generation")
    wanted = status.get("desiredNumberScheduled", 0)
    if ((live.get("spec") or {}).get("updateStrategy") or {}).get("type") != "OnDelete":
        updated = status.get("updatedNumberScheduled", 0)
        if updated < wanted:
            return waiting(f"{updated} of {wanted} nodes run the new generation")
    available = status.get("numberAvailable", 0)
    if available < wanted:
        return waiting(f"{available} of {wanted} nodes have an available Pod")
    return READY
