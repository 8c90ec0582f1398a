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
from delivery.costing.services import remarks
from delivery.rendering.exits import RenderError
from delivery.world.past_catalogue import PastError, past_catalogue
from delivery.world.service_settings import service_choice

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

    The figures follow from the catalogue, from what the settings of the stack prod make of it (shared servers
    in the cluster, elsewhere or managed) and from catalogue/prices.yaml, a dated list of public prices taken
    as assumptions; no provider is asked. With --diff, catalogue and settings of the reference are billed at
    today's prices.

    Exit codes: 0 shown; 1 the catalogue, the price file or the settings are broken; 2 wrong usage; 4 the
    catalogue or the settings of the git reference can't be read.
    """
    try:
        catalogue, prices = load(), load_prices()
        choice = service_choice()
        before = None
        if diff is not None:
            then, chosen = past_catalogue(diff)
            before = bill(then, prices, chosen)
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        return _REFUSED
    except RenderError as error:
        typer.echo(f"cost: {error}", err=True)
        return _REFUSED
    except PastError as error:
        typer.echo(f"cost: {error}", err=True)
        return _NO_PAST
    report = Report(
        bill=bill(catalogue, prices, choice),
        claims=claims(catalogue, prices, choice),
        prices=prices,
        remarks=remarks(catalogue.platform, choice),
        before=before,
        reference=diff or "",
    )
    typer.echo(_SHOWN[format](report))
    return 0
