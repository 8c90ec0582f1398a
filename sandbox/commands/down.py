"""`sandbox down`."""

from typing import Annotated

import typer

from sandbox import lifecycle
from sandbox.commands.common import layout, say


def command(
    wipe: Annotated[  # noqa: FBT002  typer makes a flag of it
        bool, typer.Option("--wipe", help="Also delete the data: cluster, databases, the engine's state.")
    ] = False,
) -> None:
    """Stop every process of the sandbox, in order; its data stays unless --wipe is given."""
    stopped = lifecycle.down(layout(), say, wipe=wipe)
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    if wipe:
        say(f"deleted {layout().root}")
