"""The command line `blueocean`: every module of `delivery/commands/` is one command, named after its file."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable

import typer

from delivery import commands


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
    """The delivery discipline of the platform, from a shell."""


def _ending(run: Callable[..., int]) -> Callable[..., None]:
    """Make a command end the process with the exit code that it returns."""

    @functools.wraps(run)
    def command(*args: object, **options: object) -> None:
        raise typer.Exit(run(*args, **options))

    return command


def main() -> None:
    """Run one command; wrong usage ends with 2, a command with its own code, a Ctrl-C with 130."""
    try:
        build()()
    except KeyboardInterrupt:  # while the commands were read; a running one ends by itself
        typer.echo("blueocean: interrupted; run the same command again.", err=True)
        sys.exit(130)
