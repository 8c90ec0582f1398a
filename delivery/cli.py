"""The command line `blueocean`: every module of `delivery/commands/` is one command, named after its file."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress

import typer

from delivery import commands
from delivery.world.standard_output import OutputError, standard_output

_UNWRITTEN, _READER_LEFT = 74, 141  # as sysexits.h says, and as the shell does of who dies of SIGPIPE
_CURE = "send it elsewhere or make room, then run the same command again"


def build() -> typer.Typer:
    """Return the application with every command found in the folder."""
    app = typer.Typer(
        name="blueocean", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback()(_about)
    for module in pkgutil.iter_modules(commands.__path__):
        run = importlib.import_module(f"{commands.__name__}.{module.name}").run
        app.command(module.name)(_ending(run))
    return app


def _about() -> None:
    """The delivery discipline of the platform, from a shell.

    Exit codes of every command, besides its own: 2 wrong usage; 74 the output
    cannot be written; 130 interrupted; 141 nobody reads the output any more.
    """


def _ending(run: Callable[..., int]) -> Callable[..., None]:
    """Make a command end the process with the exit code that it returns."""

    @functools.wraps(run)
    def command(*args: object, **options: object) -> None:
        raise typer.Exit(run(*args, **options))

    return command


def main() -> None:
    """Run one command; the process ends with the command's own code or one of those that `_about` names."""
    try:
        with redirect_stdout(standard_output()):
            build()()
    except KeyboardInterrupt:  # while the commands were read; a running one ends by itself
        typer.echo("blueocean: interrupted; run the same command again.", err=True)
        sys.exit(130)
    except OutputError as error:
        if error.reader_left:
            sys.exit(_READER_LEFT)
        with suppress(OSError):  # it may be the same file
            typer.echo(f"blueocean: the output cannot be written: {error}; {_CURE}.", err=True)
        sys.exit(_UNWRITTEN)
