"""What the subcommands share."""

import sys
import time

from sandbox.layout import Layout, sandbox_root

_STARTED = time.monotonic()


def layout() -> Layout:
    """Return the layout of the sandbox that the environment names."""
    return Layout(sandbox_root())


def say(text: str) -> None:
    """Tell on stderr how far a command is, with the seconds since it began."""
    print(f"[{time.monotonic() - _STARTED:5.1f}s] {text}", file=sys.stderr, flush=True)  # noqa: T201  its purpose
