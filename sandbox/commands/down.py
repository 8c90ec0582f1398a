"""`sandbox down`."""

import sys
from typing import Annotated

import typer

from sandbox import lifecycle
from sandbox.commands.common import layout, say
from sandbox.errors import Exit, SandboxError

_WIPE = typer.Option("--wipe", help="Also delete the data: cluster, databases, the engine's state.")
_YES = typer.Option("--yes", "-y", help="Do not ask before --wipe deletes.")


def command(*, wipe: Annotated[bool, _WIPE] = False, yes: Annotated[bool, _YES] = False) -> None:
    """Stop every process of the sandbox, in order; its data stays unless --wipe, which asks first."""
    if wipe and not yes:
        _ask()
    stopped = lifecycle.down(layout(), say, wipe=wipe)
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    if wipe:
        say(f"deleted {layout().root}")


def _ask() -> None:
    """Raise SandboxError unless a person says yes: the stacks' state goes with the cluster."""
    folder = layout().root
    if not sys.stdin.isatty():
        raise SandboxError(f"--wipe deletes {folder} for good; say so with --yes.", Exit.USAGE)
    if not typer.confirm(f"delete {folder} with its cluster, databases and Pulumi state?"):
        raise SandboxError("Nothing was stopped or deleted.", Exit.FAILED)
