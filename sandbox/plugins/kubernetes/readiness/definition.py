"""A CustomResourceDefinition is ready when the API server serves it."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, condition, failed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live definition."""
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return failed(f"The definition's names are taken ({names.get('reason')}: {names.get('message')})")
    established = condition(live, "Established").get("status") == "True"
    return READY if established else waiting("The definition is not Established yet")
