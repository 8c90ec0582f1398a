"""`blueocean up`: bring stacks up, going on from where the last run was cut off; say where things are."""

import signal
from typing import Annotated

import typer

from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.summary import local_ports, summary_lines
from delivery.world.doors import refuse_strangers
from delivery.world.file_backend import FileBackend, folder_of
from delivery.world.recovering import Recovery, Wishes
from delivery.world.stack_lock import held
from delivery.world.stack_lookup import backend_url, find_stack
from delivery.world.updating import Updating, port_offset
from policies.levels import load_levels

_NAMES = typer.Argument(help="The stacks, in this order: dev, nexia-dev, and so on.")


def run(stacks: Annotated[list[str], _NAMES]) -> int:
    """Bring stacks up one after the other, then print their URLs.

    Makes a stack that does not exist yet, does what `recover` can prove safe, applies it with `pulumi up`.
    Where the rules are mandatory (staging and prod) they judge a preview first; what they refuse touches
    nothing. Stops at the first stack that fails; run it again to go on. One at a time on a stack: a second
    one ends at once and names the process that has it.

    Exit codes: 0 all are up; 1 an update failed or was refused; 3 `blueocean recover` has to be asked first;
    4 no such stack; 5 the backend cannot be read; 6 an update of the stack is running, another `up` too;
    7 it is up, but a stranger holds a port on which the sandbox should answer; 130 interrupted.
    """
    lines: list[str] = []
    for name in stacks:
        try:
            code, outputs = _bring_up(name)
            refuse_strangers(local_ports(outputs, port_offset()))
        except RecoveryError as error:
            typer.echo(f"up: {name}: {error}", err=True)
            return error.code
        except OSError as error:
            what = f"{error.filename or 'the backend'}: {error.strerror}"
            typer.echo(f"up: {name}: {what}; run this again once that is put right.", err=True)
            return Exit.FAILED
        if code:
            typer.echo(f"up: {name} is not up, {_why(code)}; run this again to go on.", err=True)
            return Exit.INTERRUPTED if code == -signal.SIGINT else Exit.FAILED
        lines += summary_lines(name, outputs, port_offset())
    typer.echo("\n".join(lines))
    return Exit.HEALED


def _bring_up(name: str) -> tuple[int, dict[str, object]]:
    """Return the engine's exit code and, after a success, the stack's outputs."""
    ref = find_stack(name)
    engine, folder = Updating(ref), folder_of(backend_url(ref))
    typer.echo(f"== {name}")
    with held(folder, ref):
        if not engine.ensure_exists() and folder is not None:
            recovery = Recovery(ref, FileBackend(folder, ref), typer.echo, lambda _: False)
            if recovery.run(Wishes()) is not Exit.HEALED:
                sentence = f"what the last run left needs a decision; run `blueocean recover {name}`."
                raise RecoveryError(sentence, Exit.NEEDS_DECISION)
        code = engine.up(ruled=_mandatory(ref))
        return code, {} if code else engine.outputs()


def _why(code: int) -> str:
    if code == -signal.SIGINT:
        return "it was interrupted"
    return f"the engine was ended by signal {-code}" if code < 0 else "its message stands above"


def _mandatory(ref: StackRef) -> bool:
    """Whether a violation stops an update of the stack. Raises RecoveryError when nobody can say."""
    try:
        return load_levels().of(ref.stack) == "mandatory"
    except (OSError, ValueError) as error:
        raise RecoveryError(
            f"policies/levels.yaml cannot be used, so nothing was touched: {error}"
        ) from error
