"""`sandbox logs`."""

import time
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands.common import layout
from sandbox.errors import Exit, SandboxError
from sandbox.layout import Layout

_LINES = 200


def command(
    process: Annotated[
        str, typer.Argument(help="A process, or job/NAMESPACE/NAME; nothing: list them.")
    ] = "",
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as the log grows.")] = False,  # noqa: FBT002  a flag
    lines: Annotated[int, typer.Option("-n", help="How many lines from the end.")] = _LINES,
) -> None:
    """Print the end of a process's log, or the whole log of a Job's containers."""
    if not process:
        typer.echo("\n".join(known(layout())))
        return
    paths = find(layout(), process)
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        kept = text if process.startswith("job/") else "\n".join(text.splitlines()[-lines:]) + "\n"
        typer.echo(kept, nl=False)
    if follow:
        _follow(paths[-1])


def known(layout: Layout) -> list[str]:
    """Return every name that `find` understands."""
    jobs = [f"job/{path.parent.name}/{path.name}" for path in sorted(layout.log.glob("jobs/*/*"))]
    return [path.stem for path in sorted(layout.log.glob("*.log"))] + jobs


def find(layout: Layout, name: str) -> list[Path]:
    """Return the log files behind a name, the oldest first; raise SandboxError (2) when there is none."""
    if name in known(layout):
        _, _, job = name.partition("/")
        found = list((layout.log / "jobs" / job).glob("*.log")) if job else [layout.log / f"{name}.log"]
        if found:
            return sorted(found, key=lambda path: path.stat().st_mtime)
    raise SandboxError(f"There is no log of {name}; `sandbox logs` lists what there is.", Exit.USAGE)


def _follow(path: Path) -> None:
    with path.open(encoding="utf-8", errors="replace") as log:
        log.seek(0, 2)
        while True:
            if line := log.readline():
                typer.echo(line, nl=False)
            else:
                time.sleep(0.3)
