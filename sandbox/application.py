"""The commands of `sandbox`, and how each of its failures is told."""

import errno
import sys

import typer

from sandbox.commands import build, doctor, down, env, logs, status, up
from sandbox.errors import Exit, SandboxError

_HELP = """The platform on one machine: real control plane and data services; simulated containers.

Simulated: nodes and their pods (kwok), what a Job's container runs in, the servers behind dev ports and
hosts, the engine's plugins. Everything listens on 127.0.0.1 only.

Exit codes: 0 all well; 1 something failed; 2 wrong usage; 3 degraded (a process is ill); 4 down;
5 something is missing (Go, registry, disk, a wheel); 6 a fixed port is taken; 7 another command holds the
sandbox; 130 interrupted.
"""

app = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for module in (up, down, status, logs, doctor, env, build):
    app.command(module.__name__.rpartition(".")[2])(module.command)


def run() -> None:
    """Run the command line; an expected failure is one sentence on stderr and its exit code."""
    try:
        app(standalone_mode=True)
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201  the one place that reports failures
        sys.exit(error.code)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        cure = "free some space" if full else "see `sandbox doctor`"
        print(f"sandbox: {error}; {cure}, then run this again", file=sys.stderr)  # noqa: T201  the same
        sys.exit(Exit.PREREQUISITE if full else Exit.FAILED)
    except SystemExit as ending:
        if ending.code == Exit.INTERRUPTED:  # typer's own way to end after a Ctrl-C
            print("sandbox: interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201  the same
        raise
