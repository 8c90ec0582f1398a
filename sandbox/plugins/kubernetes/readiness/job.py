"""A Job is ready when it is complete; a failed one stays failed."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, condition, failed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live Job; a suspended one is left to whoever suspended it."""
    if (live.get("spec") or {}).get("suspend"):
        return READY
    if condition(live, "Complete").get("status") == "True":
        return READY
    bad = condition(live, "Failed")
    if bad.get("status") == "True":
        return failed(f"The Job has failed ({bad.get('reason')}: {bad.get('message')})")
    status = live.get("status") or {}
    return waiting(
        f"The Job is not complete: {status.get('active', 0)} active, {status.get('failed', 0)} failed Pods"
    )
