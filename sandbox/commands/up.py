"""`sandbox up`."""

import time
from typing import Annotated

import typer

from sandbox import lifecycle
from sandbox.commands.common import layout, say

_OFFSET = typer.Option(
    "--port-offset",
    envvar="BLUEOCEAN_PORT_OFFSET",
    min=0,
    max=50000,
    help="Shift the dev ports and the ingress, so that several sandboxes can live side by side; remembered.",
)


def command(port_offset: Annotated[int | None, _OFFSET] = None) -> None:
    """Start everything that is not healthy; builds the tools first when they are missing (minutes, once).

    Run it again at any time: what is well is left alone, what died comes back with its data.
    """
    started = time.monotonic()
    context = lifecycle.up(layout(), port_offset, say)
    say(f"the sandbox is up in {context.layout.root} ({time.monotonic() - started:.1f} s)")
    say('for a shell: eval "$(uv run sandbox env)"')
