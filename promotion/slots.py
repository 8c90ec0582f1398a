"""Who owns the shared staging when: half-open daily slots on the wall clock of one time zone (D-7).

A moment is always an argument and always knows its zone; the caller's own time zone plays no role. A wall
time that the spring switch skips counts with the offset before it, one that the autumn switch repeats counts
the first time (RFC 5545, 3.3.5, so the exported calendar agrees). The platform's slots touch neither.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.slot import Slot
from promotion.verdict import Verdict, accept, refuse

_WEEK = 7


class Turn(Model):
    """One app's possession of staging on one day; `start` belongs to it, `end` doesn't."""

    app: str
    start: AwareDatetime
    end: AwareDatetime

    @property
    def length(self) -> timedelta:
        """Time that really passes, whatever the clocks show."""
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)

    def holds(self, instant: datetime) -> bool:
        """Whether the instant belongs to the turn."""
        return self.start <= instant.astimezone(UTC) < self.end


class Calendar(Model):
    """All slots of a day by app, in the order of their start, on the wall clock of `timezone`."""

    timezone: str
    slots: dict[str, Slot]

    @property
    def zone(self) -> ZoneInfo:
        """The wall clock that all slots are read on."""
        return ZoneInfo(self.timezone)


def calendar_of(timezone: str, apps: Iterable[App]) -> Calendar:
    """The calendar of the apps that have a slot."""
    found = [(app.slot.start, app.name, app.slot) for app in apps if app.slot]
    return Calendar(
        timezone=timezone, slots={name: slot for _, name, slot in sorted(found, key=lambda one: one[:2])}
    )


def turns_of(calendar: Calendar, day: date) -> tuple[Turn, ...]:
    """The turns of a day of the calendar's zone, in order. One that a clock switch swallows is left out."""
    found = (
        Turn(app=app, start=_instant(calendar, day, slot.start), end=_instant(calendar, day, slot.end))
        for app, slot in calendar.slots.items()
    )
    return tuple(turn for turn in found if turn.length > timedelta(0))


def owner_at(calendar: Calendar, instant: datetime) -> Turn | None:
    """The turn that the instant belongs to; None at night. Raises ValueError when the instant has no zone."""
    moment = _aware(instant)
    today = turns_of(calendar, moment.astimezone(calendar.zone).date())
    return next((turn for turn in today if turn.holds(moment)), None)


def next_turn(calendar: Calendar, app: str, instant: datetime) -> Turn:
    """The app's first turn that starts after the instant.

    Raises ValueError when the instant has no zone or the app no slot.
    """
    moment = _aware(instant)
    _slot(calendar, app)
    day = moment.astimezone(calendar.zone).date()
    for turn in week(calendar, day):
        if turn.app == app and turn.start > moment:
            return turn
    raise ValueError(f"{app} has no turn in the week from {day}")


def week(calendar: Calendar, day: date) -> tuple[Turn, ...]:
    """The turns of the seven days from `day` on, in order."""
    days = (day + timedelta(days=one) for one in range(_WEEK))
    return tuple(turn for one in days for turn in turns_of(calendar, one))


def fits(calendar: Calendar, app: str, now: datetime, duration: timedelta) -> Verdict:
    """Whether work of that duration, begun now, ends within the app's own turn.

    Codes: `slot-too-short` (it would fit in no turn), `slot-not-owner`, `slot-ends-too-soon`; the last two
    come with the start of the app's next turn. Raises ValueError for a duration that is not positive, an
    instant without zone and an app without slot.
    """
    moment = _aware(now)
    if duration <= timedelta(0):
        raise ValueError(f"a duration of {duration} is none; give one above zero")
    turn = owner_at(calendar, moment)
    following = next_turn(calendar, app, moment)
    length = following.length
    if duration > length:
        text = f"{app} needs {duration} on staging, its slot lasts {length}; lengthen the slot"
        return refuse("slot-too-short", text, str(duration), str(length))
    if turn is None or turn.app != app:
        owner = f"staging belongs to {turn.app} until {turn.end:%H:%M}" if turn else "staging is nobody's"
        verdict = refuse(
            "slot-not-owner", f"{owner}; {_wait(app, following)}", turn.app if turn else "nobody", app
        )
        return verdict.model_copy(update={"next_possible": following.start})
    left = turn.end - moment
    if duration > left:
        text = f"{app} needs {duration}, its slot ends in {left}; {_wait(app, following)}"
        verdict = refuse("slot-ends-too-soon", text, str(duration), str(left))
        return verdict.model_copy(update={"next_possible": following.start})
    return accept(f"staging belongs to {app} until {turn.end:%H:%M %Z}", str(duration), str(left))


def _wait(app: str, turn: Turn) -> str:
    return f"wait for {app}'s next slot at {turn.start:%Y-%m-%d %H:%M %Z}"


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; add one, like {instant.isoformat()}+01:00")
    # Python adds durations on the wall clock when both ends share a zone: over a switch that is an hour off.
    return instant.astimezone(UTC)


def _slot(calendar: Calendar, app: str) -> Slot:
    if app not in calendar.slots:
        raise ValueError(f"{app} has no slot on staging; apps with one: {', '.join(calendar.slots)}")
    return calendar.slots[app]


def _instant(calendar: Calendar, day: date, clock: time) -> datetime:
    wall = datetime.combine(day, clock, calendar.zone)
    return wall.astimezone(UTC).astimezone(calendar.zone)
