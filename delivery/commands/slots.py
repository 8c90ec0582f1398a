"""`blueocean slots`: who owns the shared staging, now, at a moment, in a week, or as a calendar file."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from catalogue.load import load
from catalogue.problem import CatalogueError
from delivery.calendar.moment import moment
from delivery.calendar.text import now_lines, week_lines
from promotion.ical import ical
from promotion.slots import calendar_of

_AT = typer.Option(help="The moment, with its time zone: 2026-11-23T09:00+01:00. Without it: now.")
_WEEK = typer.Option("--week", help="The seven days from that moment's day on.")
_ICAL = typer.Option("--ical", help="The calendar in iCalendar form, for any calendar program.")
_REFUSED, _USAGE = 1, 2


def run(
    at: Annotated[str | None, _AT] = None,
    *,
    week: Annotated[bool, _WEEK] = False,
    as_ical: Annotated[bool, _ICAL] = False,
) -> int:
    """Show whose slot it is on the shared staging, and when each app's next one starts.

    Slots begin at their first minute and end just before their last; all times are those of the platform's
    time zone, whatever the machine's own is.

    Exit codes: 0 shown; 1 the catalogue is broken, or iCalendar has no words for its time zone; 2 wrong
    usage, such as a moment without a time zone.
    """
    if week and as_ical:
        typer.echo("slots: --week and --ical exclude each other; give one.", err=True)
        return _USAGE
    try:
        instant = moment(at) if at is not None else datetime.now(UTC)
        catalogue = load()
    except ValueError as error:
        typer.echo(f"slots: {error}.", err=True)
        return _USAGE
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        return _REFUSED
    calendar = calendar_of(catalogue.platform.timezone, catalogue.apps)
    if as_ical:
        try:
            text = ical(calendar, instant.astimezone(calendar.zone).date(), instant)
        except ValueError as error:
            typer.echo(f"slots: {error}; show the slots with --week.", err=True)
            return _REFUSED
        typer.echo(text, nl=False)
        return 0
    lines = week_lines(calendar, instant) if week else now_lines(calendar, instant)
    typer.echo("\n".join(lines))
    return 0
