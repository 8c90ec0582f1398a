"""`blueocean recover`: one command after a hard kill, before the next `pulumi up`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from delivery.naming import NAME, PROJECT
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.world.file_backend import FileBackend, folder_of
from delivery.world.recovering import Recovery, Wishes
from delivery.world.stack_lock import held
from delivery.world.stack_lookup import backend_url, chosen_stack

_YES = typer.Option("--yes", "-y", help="Say yes to whatever would be asked. Never deletes an orphan.")
_DRY = typer.Option("--dry-run", help="Say what would be done and change nothing.")
_ORPHANS = typer.Option(
    "--delete-orphans", help="Delete live objects with this stack's mark that its state does not know."
)


def run(
    stack: Annotated[str, NAME],
    project: Annotated[Path | None, PROJECT] = None,
    *,
    yes: Annotated[bool, _YES] = False,
    dry_run: Annotated[bool, _DRY] = False,
    delete_orphans: Annotated[bool, _ORPHANS] = False,
) -> int:
    """Bring a stack back after a hard kill, so that the next `pulumi up` goes on.

    Ends plugins whose engine is dead, removes dead locks (never a living process's) and empty metadata files,
    restores an unreadable checkpoint from its newest copy, rereads cut-off updates from the cluster, clears
    records of cut-off creations, and lists live objects that carry the stack's mark but are not in its state.
    It says what it found and did, asks before anything it cannot prove safe, and may be killed and run again.

    Works on file:// backends; of any other, it treats plugins, pending operations and orphans only.

    Exit codes: 0 nothing to do, or all healed; 1 something failed; 2 wrong usage; 3 needs a decision (asked
    and declined, or no terminal and no --yes); 4 no such stack; 5 the backend cannot be read; 6 an update of
    the stack is running, another `up` or `recover` too; 130 interrupted.
    """
    try:
        ref = chosen_stack(stack, project)
        wishes = Wishes(dry_run=dry_run, delete_orphans=delete_orphans)
        backend = _backend(ref)
        # Two that heal at once would each undo what the other found; who only looks disturbs nobody.
        with held(None if dry_run or backend is None else backend.root, ref):
            code = Recovery(ref, backend, typer.echo, lambda line: yes or _confirmed(line)).run(wishes)
    except RecoveryError as error:
        typer.echo(f"recover: {error}", err=True)
        return error.code
    except OSError as error:
        typer.echo(f"recover: {error.filename or 'the backend'}: {error.strerror}.", err=True)
        return Exit.FAILED
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("recover: interrupted; run it again to go on.", err=True)
        return Exit.INTERRUPTED
    typer.echo("this was a dry run: nothing was changed." if dry_run else _LAST[code])
    return code


_LAST = {
    Exit.HEALED: "nothing stands in the way of the next `pulumi up`.",
    Exit.NEEDS_DECISION: "some of it needs a decision: run this in a terminal, or with --yes.",
}


def _backend(ref: StackRef) -> FileBackend | None:
    url = backend_url(ref)
    if (folder := folder_of(url)) is not None:
        return FileBackend(folder, ref)
    scheme = url.partition(":")[0]
    typer.echo(
        f"a {scheme} backend keeps its locks and copies out of reach here; `pulumi cancel` lifts a lock."
    )
    return None


def _confirmed(line: str) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"{line}?")
