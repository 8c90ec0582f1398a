"""The staging calendar as an iCalendar object (RFC 5545): a daily event for each slot, the zone's rules."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from promotion.slots import Calendar

_OCTETS = 75
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CHECKED_YEARS = 10


def ical(calendar: Calendar, first: date, stamp: datetime) -> str:
    """An iCalendar text with CRLF line ends: every slot, daily from `first` on.

    `stamp` says when the text was made (aware). The UIDs depend on the app only, so a newer import replaces
    an older one. Raises ValueError when the zone follows no yearly rule.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//BlueOcean//Staging slots//EN", "CALSCALE:GREGORIAN"]
    lines += _zone(calendar.zone, first.year - 1)  # so that `first` has a switch before it
    # Not from the turns of the first day: a switch on it would move or leave out a slot of every day.
    for app, slot in calendar.slots.items():
        lines += [
            "BEGIN:VEVENT",
            f"UID:{app}@staging-slots.blueocean",
            f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;TZID={calendar.timezone}:{first:%Y%m%d}T{slot.start:%H%M%S}",
            f"DTEND;TZID={calendar.timezone}:{first:%Y%m%d}T{slot.end:%H%M%S}",
            "RRULE:FREQ=DAILY",
            f"SUMMARY:{escaped(f'Shared staging: {app}')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line feed escaped (3.3.11)."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def folded(line: str) -> str:
    """A content line cut into pieces of at most 75 octets, never within a character (3.1)."""
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > _OCTETS:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += width
    return "\r\n".join(pieces)


def _zone(zone: ZoneInfo, year: int) -> list[str]:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}"]
    switches = _switches(zone, year)
    if not switches:
        start = datetime(year, 1, 1, tzinfo=zone)
        lines += _observance(start, start, "")
    for switch in switches:
        rule = _rule(switch, zone)
        before = (switch - timedelta(hours=1)).astimezone(zone)
        lines += _observance(before, switch.astimezone(zone), f"RRULE:FREQ=YEARLY;{rule}")
    return [*lines, "END:VTIMEZONE"]


def _observance(before: datetime, after: datetime, rule: str) -> list[str]:
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    wall = after.astimezone(UTC) + (before.utcoffset() or timedelta(0))
    lines = [f"BEGIN:{kind}", f"DTSTART:{wall:%Y%m%dT%H%M%S}"]
    lines += [f"TZOFFSETFROM:{before:%z}", f"TZOFFSETTO:{after:%z}", f"TZNAME:{after:%Z}"]
    return [*lines, *([rule] if rule else []), f"END:{kind}"]


def _switches(zone: ZoneInfo, year: int) -> list[datetime]:
    """The moments of the year, in UTC, at which the zone's offset changes."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=one) for one in range(367)]
    return [
        _quarter(zone, one, other)
        for one, other in pairwise(days)
        if other.year <= year + 1 and one.astimezone(zone).utcoffset() != other.astimezone(zone).utcoffset()
    ]


def _quarter(zone: ZoneInfo, day: datetime, end: datetime) -> datetime:
    """The quarter of an hour at which the offset changes: not every zone is whole hours from UTC."""
    old = day.astimezone(zone).utcoffset()
    moment = day
    while moment < end and moment.astimezone(zone).utcoffset() == old:
        moment += timedelta(minutes=15)
    return moment


def _rule(switch: datetime, zone: ZoneInfo) -> str:
    """BYMONTH and BYDAY of a switch, checked against the following years."""
    wall = _wall(switch, zone)
    last = monthrange(wall.year, wall.month)[1]
    nth = -1 if wall.day + 7 > last else (wall.day - 1) // 7 + 1
    for year in range(wall.year + 1, wall.year + _CHECKED_YEARS):
        expected = _nth_weekday(year, wall.month, wall.weekday(), nth)
        if expected not in [_wall(one, zone).date() for one in _switches(zone, year)]:
            raise ValueError(
                f"{zone.key} follows no yearly rule, so iCalendar can't describe its clock switches"
            )
    return f"BYMONTH={wall.month};BYDAY={nth}{_WEEKDAYS[wall.weekday()]}"


def _wall(switch: datetime, zone: ZoneInfo) -> datetime:
    offset = (switch - timedelta(hours=1)).astimezone(zone).utcoffset() or timedelta(0)
    return switch + offset


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    return [day for day in days if day.weekday() == weekday][nth if nth < 0 else nth - 1]
