"""The command `sandbox`: the platform on one machine."""

import sys

from sandbox.errors import Exit


def main() -> None:
    """Run the command line; a Ctrl-C at any moment is one sentence, also while the commands are read."""
    try:
        from sandbox.application import run  # noqa: PLC0415  half a second, in which a Ctrl-C may come

        run()
    except KeyboardInterrupt:
        print("sandbox: interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201  as run does
        sys.exit(Exit.INTERRUPTED)
