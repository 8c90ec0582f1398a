"""The shared staging at a moment: whose it is, and every app in the form that it has there. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from catalogue.derive import outside_slot
from catalogue.models.platform import Platform
from catalogue.models.shape import AppShape, StagingShape
from catalogue.rooms import staging_namespace
from promotion.slots import Calendar, Turn, fits, owner_at, turns_of

YEARS = range(2000, 2100)
"""Those that may be asked about: the first and the last day of Python's calendar lack a neighbour."""
_MOMENT = timedelta(microseconds=1)


def moment(now: datetime, at: str | None, *, preview: bool) -> datetime:
    """The moment that counts: `now`, in a preview the one in `at` where it is given (ISO 8601 with a zone).

    Raises ValueError for an `at` that is no such moment or in none of the YEARS, and for any in an update:
    pods follow the clock.
    """
    if not at:
        return now
    if not preview:
        raise ValueError(
            "blueocean:at is for previews and renderings only; an update goes by the clock: "
            "`pulumi config rm at --stack staging`"
        )
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError(f"blueocean:at is {at!r}; write it like 2026-11-23T09:00+01:00") from None
    if found.utcoffset() is None:
        raise ValueError(f"blueocean:at is {at!r}, without a time zone; append one, like +01:00 or Z")
    if found.year not in YEARS:
        raise ValueError(f"blueocean:at is {at!r}; name a year from {YEARS[0]} to {YEARS[-1]}")
    return found


def staging_at(
    platform: Platform, apps: Sequence[AppShape], instant: datetime, claimed: str | None = None
) -> StagingShape | None:
    """Staging at the instant, on the wall clock of the platform's zone whatever the caller's.

    None for the apps of another environment. `apps` come as `catalogue.stacks.stack_content` gives them: each
    as if it owned the slot. `claimed` is who is expected to own it. Raises ValueError for an instant without
    zone, an unknown `claimed`, and one whose slot it is not, naming its next slot.
    """
    if not any(app.slot for app in apps):
        return None
    calendar = Calendar(
        timezone=platform.timezone,
        slots=dict(sorted(((app.name, app.slot) for app in apps if app.slot), key=lambda one: one[1].start)),
    )
    if claimed:
        verdict = fits(calendar, claimed, instant, _MOMENT)
        if not verdict.ok:
            raise ValueError(verdict.reason)
    turn = owner_at(calendar, instant)
    before, after = _around(calendar, instant)
    owner = turn.app if turn else None
    return StagingShape(
        namespace=staging_namespace(platform),
        stack=apps[0].stack,
        owner=owner,
        start=turn.start if turn else before.end,
        end=turn.end if turn else after.start,
        apps=tuple(app if app.name == owner else outside_slot(app) for app in apps),
    )


def _around(calendar: Calendar, instant: datetime) -> tuple[Turn, Turn]:
    """The last turn that is over and the first that is still to come."""
    today = instant.astimezone(calendar.zone).date()
    days = [today + timedelta(days=one) for one in (-1, 0, 1)]
    turns = [turn for day in days for turn in turns_of(calendar, day)]
    over = [turn for turn in turns if turn.end <= instant]
    return over[-1], next(turn for turn in turns if turn.start > instant)
