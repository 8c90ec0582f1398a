"""`blueocean render`: every Kubernetes object of a stack as YAML, without a cluster."""

from pathlib import Path
from typing import Annotated

import typer

from delivery.naming import NAME, PROJECT
from delivery.recovery.exits import RecoveryError
from delivery.rendering.exits import Exit, RenderError
from delivery.rendering.manifest import files
from delivery.world.manifest_folder import write
from delivery.world.stack_lookup import chosen_stack

_OUT = typer.Option(help="Where to write: a new folder, an empty one, or one of an earlier render.")
_AT = typer.Option(help="Staging: at this moment instead of now, like 2026-11-23T09:00+01:00.")


def run(
    stack: Annotated[str, NAME],
    out: Annotated[Path, _OUT],
    project: Annotated[Path | None, PROJECT] = None,
    at: Annotated[str | None, _AT] = None,
) -> int:
    """Write every Kubernetes object of a stack as YAML, one file an object, the same bytes each time.

    The program runs as `pulumi up` runs it, but against no engine, no cluster and no passphrase. Whatever is
    secret is replaced by `not-rendered`; so is what is derived from it, but for the checksums of the tenants'
    Jobs, which are those of the marker. Files: `<namespace>/<kind>-<name>.yaml`, objects without a namespace
    below `_cluster`. Files of an earlier render that are no longer due are removed.

    Exit codes: 0 written; 1 the catalogue or the program refuses, or the settings can't be read; 2 wrong
    usage; 4 no such stack; 5 the folder is not one of ours or can't be written; 130 interrupted.
    """
    try:
        # Pulumi takes a third of a second to import; the other commands don't need it.
        from delivery.world.rendering import render  # noqa: PLC0415

        ref = chosen_stack(stack, project)
        rendered = files(render(ref, {"at": at} if at else None))
        write(out, rendered)
    except (RenderError, RecoveryError) as error:
        typer.echo(f"render: {error}", err=True)
        return error.code
    except OSError as error:
        typer.echo(f"render: {error.filename or out}: {error.strerror}.", err=True)
        return Exit.FOLDER
    except KeyboardInterrupt:
        typer.echo("render: interrupted; run it again to go on.", err=True)
        return Exit.INTERRUPTED
    typer.echo(f"{len(rendered)} objects of {ref.label} are in {out}.")
    return Exit.DONE
