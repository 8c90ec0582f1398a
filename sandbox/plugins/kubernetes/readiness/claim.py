"""A PersistentVolumeClaim is ready when it is bound."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, failed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live claim; whether its class binds at first use only is asked elsewhere."""
    phase = (live.get("status") or {}).get("phase", "")
    if phase == "Bound":
        return READY
    if phase == "Lost":
        return failed("The claim has lost its volume")
    return waiting(f"The claim is {phase or 'new'}, not Bound")
