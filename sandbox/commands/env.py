"""`sandbox env`."""

import typer

from sandbox import shell
from sandbox.commands.common import layout


def command() -> None:
    """Print shell lines that make pulumi, kubectl and psql use the sandbox: eval "$(sandbox env)"."""
    typer.echo(shell.lines(layout()), nl=False)
