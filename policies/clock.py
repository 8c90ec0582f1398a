"""The evidence as it is now: the one place of the pack where clock and releases meet."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.evidence import Evidence


@cache
def evidence_now() -> "Evidence":
    """The checkout's evidence, read once. Raises EvidenceError."""
    # Cryptography and the catalogue cost a third of a second that only prod needs.
    from policies.evidence import load_evidence  # noqa: PLC0415

    return load_evidence(datetime.now(UTC))
