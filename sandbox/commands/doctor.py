"""`sandbox doctor`."""

import platform
import sys
from collections.abc import Callable

import typer

from sandbox import devports, identity, lifecycle
from sandbox.commands.common import layout, say
from sandbox.errors import Exit, SandboxError
from sandbox.layout import cache_dir
from sandbox.processes.table import specs
from sandbox.supervisor import Supervisor
from sandbox.toolchain import golang
from sandbox.toolchain.build import check_room
from sandbox.toolchain.tools import TOOLS
from sandbox.unprivileged import prefix
from sandbox.wheels import postgres_bin, valkey_server

_PYTHON = (3, 11)


def command() -> None:
    """Check every prerequisite; each is `ok` or one sentence with the cure. Exit code 5 when one is not."""
    bad = 0
    for name, check in CHECKS.items():
        try:
            detail, good = check(), True
        except (SandboxError, OSError) as error:
            detail, good = str(error), False
        bad += not good
        typer.echo(f"{'ok ' if good else 'BAD'} {name}: {detail}")
    if bad:
        raise typer.Exit(Exit.PREREQUISITE)


def _system() -> str:
    if sys.platform != "linux":
        raise SandboxError("The sandbox runs on Linux only; use a Linux machine or virtual machine.")
    return f"{platform.system()} {platform.machine()}"


def _python() -> str:
    if sys.version_info < _PYTHON:
        raise SandboxError("Python 3.11 or newer is needed; install it and run `uv sync`.")
    return platform.python_version()


def _wheels() -> str:
    return f"{postgres_bin().parent.parent.name}, {valkey_server().name}"


def _disk() -> str:
    root = layout().root
    folder = next(place for place in (root, *root.parents) if place.exists())
    check_room(folder, 1024**3, "The sandbox")
    return f"{folder} has room"


def _cache() -> str:
    home = cache_dir()
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / ".writable").touch()
        (home / ".writable").unlink()
    except OSError as error:
        raise SandboxError(f"{home} cannot be written ({error.strerror}); set BLUEOCEAN_CACHE.") from error
    return str(home)


def _toolchain() -> str:
    go_version = golang.version()
    missing = [
        tool.name
        for tool in TOOLS.values()
        if not (cache_dir() / "toolchain" / tool.key(go_version)).is_dir()
    ]
    if missing:
        raise SandboxError(f"{', '.join(missing)} not built yet; run `sandbox build` (minutes, once).")
    return "everything built"


def _unprivileged() -> str:
    return "ordinary user" if not prefix() else f"root, Postgres through {prefix()[0]}"


def _ports() -> str:
    context = lifecycle.context_of(layout())
    offset = context.settings.port_offset
    supervisor = Supervisor(context.layout, say)
    devports.refuse_taken(offset, supervisor.pids())
    return f"{'held by this sandbox' if supervisor.running('apps') else 'free'} (offset {offset})"


def _records() -> str:
    """Records of dead processes are no harm, processes without a record are."""
    context = lifecycle.context_of(layout())
    supervisor = Supervisor(context.layout, say)
    known = {record.pid for spec in specs(context) if (record := supervisor.running(spec.name))}
    families = {child for pid in known for child in _children(pid)}
    lost = [process.pid for process in identity.strays(context.layout.root) if process.pid not in families]
    if lost:
        raise SandboxError(f"Processes {lost} belong to no record; `sandbox up` or `sandbox down` ends them.")
    stale = [path.stem for path in context.layout.run.glob("*.json") if not supervisor.running(path.stem)]
    return f"{len(known)} running, {len(stale)} stale record(s){': ' + ', '.join(stale) if stale else ''}"


def _children(pid: int) -> set[int]:
    import psutil  # noqa: PLC0415  only here

    try:
        return {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    except psutil.Error:
        return {pid}


CHECKS: dict[str, Callable[[], str]] = {
    "system": _system,
    "python": _python,
    "go": golang.version,
    "wheels": _wheels,
    "unprivileged": _unprivileged,
    "disk": _disk,
    "cache": _cache,
    "toolchain": _toolchain,
    "ports": _ports,
    "processes": _records,
}
