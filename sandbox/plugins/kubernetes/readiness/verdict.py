"""The answer to "is it ready?"."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ready or not; `reason` says what is missing; `failed` that waiting longer cannot help."""

    ready: bool
    reason: str = ""
    failed: bool = False


READY = Verdict(ready=True)


def waiting(reason: str) -> Verdict:
    """Not yet."""
    return Verdict(ready=False, reason=reason)


def failed(reason: str) -> Verdict:
    """Never, in this state."""
    return Verdict(ready=False, reason=reason, failed=True)


def condition(live: dict[str, Any], kind: str) -> dict[str, Any]:
    """The condition of that type, empty when there is none."""
    conditions = (live.get("status") or {}).get("conditions") or []
    return next((item for item in conditions if item.get("type") == kind), {})


def observed(live: dict[str, Any]) -> bool:
    """Whether the controller has seen the newest generation; an older status proves nothing."""
    seen = (live.get("status") or {}).get("observedGeneration", 0)
    return bool(seen >= (live.get("metadata") or {}).get("generation", 0))
