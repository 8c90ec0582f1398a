"""A moment as people type it."""

from datetime import datetime

from promotion.staging import YEARS


def moment(text: str) -> datetime:
    """The moment in an ISO 8601 text with a time zone, like 2026-11-23T09:00+01:00 or 2026-11-23T08:00Z.

    Raises ValueError, with the cure, for any other text, one without a time zone or in none of the YEARS.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no moment; write it like 2026-11-23T09:00+01:00") from None
    if found.utcoffset() is None:
        raise ValueError(f"{text!r} has no time zone; append one, like +01:00 or Z")
    if found.year not in YEARS:
        raise ValueError(f"{text!r} is too far away; name a year from {YEARS[0]} to {YEARS[-1]}")
    return found
