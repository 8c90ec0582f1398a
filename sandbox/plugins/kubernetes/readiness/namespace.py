"""A Namespace is ready when it is active."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, failed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live Namespace."""
    phase = (live.get("status") or {}).get("phase")
    if phase == "Active":
        return READY
    return (
        failed("The Namespace is being deleted")
        if phase == "Terminating"
        else waiting("The Namespace is new")
    )
