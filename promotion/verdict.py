"""What a gate answers: yes or no, and why."""

from pydantic import AwareDatetime

from catalogue.models.base import Model


class Verdict(Model):
    """The answer of one gate, ready to be printed, logged or compared."""

    ok: bool
    code: str
    """`accepted`, or the refusal's own code, e.g. `phase-failed`: stable, for machines."""
    reason: str
    """One sentence for people; a refusal ends with its cure."""
    measured: str = ""
    threshold: str = ""
    next_possible: AwareDatetime | None = None
    """The first moment at which the same question may be answered otherwise, where waiting helps."""
    gate: str = ""
    """Name of the gate's module, filled in by whoever asks."""


def accept(reason: str, measured: str = "", threshold: str = "") -> Verdict:
    """A yes."""
    return Verdict(ok=True, code="accepted", reason=reason, measured=measured, threshold=threshold)


def refuse(code: str, reason: str, measured: str = "", threshold: str = "") -> Verdict:
    """A no with its code; `reason` says what is wrong and what to do."""
    return Verdict(ok=False, code=code, reason=reason, measured=measured, threshold=threshold)
