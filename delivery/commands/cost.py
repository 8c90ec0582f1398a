"""`blueocean cost`: what the catalogue costs a month, and what the draft's claims about savings are worth."""

from enum import StrEnum
from typing import Annotated

import typer

from catalogue.load import load
from catalogue.prices import load_prices
from catalogue.problem import CatalogueError
from delivery.costing.claims import claims
from delivery.costing.lines import bill
from delivery.costing.report import Report, as_json, as_markdown, as_table
from delivery.world.past_catalogue import PastError, past_catalogue

_REFUSED, _NO_PAST = 1, 4


class _Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


_SHOWN = {_Format.TABLE: as_table, _Format.JSON: as_json, _Format.MARKDOWN: as_markdown}
_FORMAT = typer.Option("--format", help="How to show it.")
_DIFF = typer.Option(metavar="REF", help="Also what changed since a git reference, such as main or v1.2.0.")


def run(
    format: Annotated[_Format, _FORMAT] = _Format.TABLE,  # noqa: A002 - the option's name
    diff: Annotated[str | None, _DIFF] = None,
) -> int:
    """Show the cost of each app in each environment, and the draft's three claims computed again.

    The figures follow from the catalogue and from catalogue/prices.yaml, a dated list of public prices taken
    as assumptions; no provider is asked.

    Exit codes: 0 shown; 1 the catalogue or the price file is broken; 2 wrong usage; 4 the catalogue of
    the git reference can't be read.
    """
    try:
        catalogue, prices = load(), load_prices()
        before = bill(past_catalogue(diff), prices) if diff is not None else None
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        return _REFUSED
    except PastError as error:
        typer.echo(f"cost: {error}.", err=True)
        return _NO_PAST
    found = claims(catalogue, prices)
    report = Report(
        bill=bill(catalogue, prices), claims=found, prices=prices, before=before, reference=diff or ""
    )
    typer.echo(_SHOWN[format](report))
    return 0
