"""`sandbox build`."""

import typer

from sandbox.commands.common import say
from sandbox.toolchain.build import ensure_all


def command() -> None:
    """Build engine and control plane from their Go modules, once per version; print where they are."""
    for program, path in sorted(ensure_all(say).items()):
        typer.echo(f"{program}\t{path}")
