"""The staging calendar for people, in lines. Pure."""

from datetime import datetime, timedelta

from promotion.slots import Calendar, next_turn, owner_at, week


def now_lines(calendar: Calendar, instant: datetime) -> list[str]:
    """Who owns staging at the instant, and when each app's next slot starts."""
    turn = owner_at(calendar, instant)
    local = instant.astimezone(calendar.zone)
    owner = (
        f"{turn.app} owns the shared staging until {turn.end:%H:%M}"
        if turn
        else "nobody owns the shared staging"
    )
    lines = [f"{local:%a %Y-%m-%d %H:%M:%S %Z}: {owner}", "next slots:"]
    wide = max((len(app) for app in calendar.slots), default=0)
    following = sorted(
        (next_turn(calendar, app, instant) for app in calendar.slots), key=lambda one: one.start
    )
    lines += [
        f"  {one.app:{wide}}  {one.start:%a %Y-%m-%d %H:%M}-{one.end:%H:%M %Z}  {_in(one.start - instant)}"
        for one in following
    ]
    return lines


def week_lines(calendar: Calendar, instant: datetime) -> list[str]:
    """The seven days from the instant's day on, a line each: every slot with its owner."""
    local = instant.astimezone(calendar.zone)
    days: dict[str, list[str]] = {}
    for turn in week(calendar, local.date()):
        day = f"{turn.start:%a %Y-%m-%d %Z}"
        days.setdefault(day, []).append(f"{turn.start:%H:%M}-{turn.end:%H:%M} {turn.app}")
    wide = max((len(one) for turns in days.values() for one in turns), default=0)
    head = f"shared staging, {calendar.timezone}, each slot without its end"
    return [
        head,
        *(f"{day:21}" + "  ".join(f"{one:{wide}}" for one in turns).rstrip() for day, turns in days.items()),
    ]


def _in(span: timedelta) -> str:
    minutes = -(-int(span.total_seconds()) // 60)
    return f"in {minutes // 60} h {minutes % 60:02} min"
