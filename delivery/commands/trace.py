"""`blueocean trace`: an engine's command with its full log kept in a file that may be shown to others."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from delivery.naming import NAME, PROJECT
from delivery.recovery.exits import Exit, RecoveryError
from delivery.world.stack_lookup import chosen_stack
from delivery.world.tracing import trace

_ARGUMENTS = typer.Argument(help="What to run, after `--`: preview, or up --yes, and so on.")
_OUT = typer.Option("--out", help="The file for the log; an existing one is replaced.")


def run(
    stack: Annotated[str, NAME],
    arguments: Annotated[list[str], _ARGUMENTS],
    out: Annotated[Path, _OUT],
    project: Annotated[Path | None, PROJECT] = None,
) -> int:
    """Run a command of the engine at its full verbosity, with a log without secrets.

    For example: blueocean trace dev --out dev.log -- up --yes. The engine's own log, `pulumi … -v=9
    --logtostderr`, tells every property in clear that it sends to a plugin, passwords too; here their values
    are hidden. The file is one JSON object a line, readable for you only.

    Exit codes: the engine's own; 4 no such stack; 130 interrupted; 1 also when nothing could be started.
    """
    try:
        code = trace(chosen_stack(stack, project), arguments, out, lambda text: typer.echo(text, err=True))
    except RecoveryError as error:
        typer.echo(f"trace: {error}", err=True)
        return error.code
    typer.echo(f"trace: the engine's log is in {out}.", err=True)
    if code < 0:
        typer.echo(f"trace: the engine was ended by signal {-code}.", err=True)
        return Exit.INTERRUPTED if code == -signal.SIGINT else Exit.FAILED
    return code
