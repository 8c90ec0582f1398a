"""`blueocean map`: what runs where, and under which address."""

from enum import StrEnum
from typing import Annotated

import typer

from catalogue.load import load
from catalogue.problem import CatalogueError
from delivery.mapping.mermaid import mermaid
from delivery.mapping.places import common, places
from delivery.mapping.text import text

_REFUSED = 1


class _Format(StrEnum):
    TEXT = "text"
    MERMAID = "mermaid"


_FORMAT = typer.Option("--format", help="Text for people, or a Mermaid flowchart.")


def run(format: Annotated[_Format, _FORMAT] = _Format.TEXT) -> int:  # noqa: A002 - the option's name
    """Show every app in every environment: namespaces, services, pods, routes, databases and cache keys.

    It says what the catalogue decides, not what runs at the moment.

    Exit codes: 0 shown; 1 the catalogue is broken; 2 wrong usage.
    """
    try:
        catalogue = load()
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        return _REFUSED
    draw = mermaid if format is _Format.MERMAID else text
    typer.echo(draw(places(catalogue), common(catalogue)))
    return 0
