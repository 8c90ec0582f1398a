"""Up and down of a whole sandbox: the order of things, on top of the supervisor."""

import contextlib
import shutil
import socket
from collections.abc import Callable, Collection
from pathlib import Path

from sandbox import devports, pki, ports, seed, shell
from sandbox.errors import Exit, SandboxError
from sandbox.layout import Layout
from sandbox.lock import exclusive
from sandbox.processes.spec import Context, ProcessSpec
from sandbox.processes.table import PORT_OWNERS, specs
from sandbox.settings import Credentials, Settings, credentials_path, settings_path
from sandbox.supervisor import Say, Supervisor, end_strays
from sandbox.toolchain.build import check_room, ensure_all

_ROOM = 500 * 1024**2


def context_of(layout: Layout, programs: dict[str, Path] | None = None) -> Context:
    """Read what the sandbox remembers, without starting or changing anything."""
    settings = Settings.load(settings_path(layout))
    known = {**dict.fromkeys(PORT_OWNERS, 0), **settings.ports}
    credentials = Credentials.load(credentials_path(layout))
    return Context(layout, settings.model_copy(update={"ports": known}), credentials, programs or {})


def up(layout: Layout, offset: int | None, say: Say, only: Collection[str] | None = None) -> Context:
    """Bring everything (or the processes named in `only`) up; what is well is left alone.

    Raises SandboxError: 5 for a missing prerequisite, 6 for a taken dev port, 7 when another command
    holds the sandbox for too long, 1 for a process that does not start, 2 for a folder of somebody else's.
    """
    _refuse_foreign(layout)
    layout.create()
    # Most servers start seconds after their ports were chosen; another sandbox may choose meanwhile.
    with exclusive(layout.root / "lock", say), contextlib.ExitStack() as kept:
        check_room(layout.root, _ROOM, "The sandbox")
        programs = ensure_all(say)
        supervisor = Supervisor(layout, say)
        settings = Settings.load(settings_path(layout))
        shift = settings.port_offset if offset is None else offset
        if only is None or "apps" in only:
            devports.refuse_taken(shift, supervisor.pids())  # before it is remembered
        chosen = _settle(Settings(port_offset=shift, ports=settings.ports), supervisor, kept.enter_context)
        context = _prepare(layout, chosen, programs)
        wanted = [spec for spec in specs(context) if only is None or spec.name in only]
        for wave in sorted({spec.wave for spec in wanted}):
            _bring_up(supervisor, [spec for spec in wanted if spec.wave == wave], say)
            if any(spec.name == "kube-apiserver" and spec.wave == wave for spec in wanted):
                seed.apply(context.kube(), context.credentials)
    return context


def down(layout: Layout, say: Say, *, wipe: bool = False) -> list[str]:
    """Stop everything in reverse order, then whatever carries the sandbox's mark; return who was stopped.

    With `wipe`, the sandbox's folder goes too: clusters, databases and the engine's state. Raises
    SandboxError: 2 for a folder of somebody else's, 7 when another command holds the sandbox for too long.
    """
    if not layout.root.exists():
        return []
    _refuse_foreign(layout)
    with exclusive(layout.root / "lock", say):
        supervisor = Supervisor(layout, say)
        if not wipe:
            known: tuple[ProcessSpec, ...] = specs(context_of(layout))
            stopped = supervisor.stop(known[::-1])
        else:
            stopped = [path.stem for path in layout.run.glob("*.json")]
        end_strays(layout)
        if wipe:
            shutil.rmtree(layout.root)
    return stopped


def _refuse_foreign(layout: Layout) -> None:
    """Raise SandboxError for a folder of other things: `up` would close it, `down --wipe` delete it."""
    older = credentials_path(layout)  # of a sandbox from before there was a mark
    known = layout.mark.exists() or older.exists()
    if not known and layout.root.exists() and any(layout.root.iterdir()):
        sentence = f"{layout.root} holds files and is no sandbox's"
        raise SandboxError(f"{sentence}; name an empty folder in BLUEOCEAN_SANDBOX.", Exit.USAGE)


def _bring_up(supervisor: Supervisor, wave: list[ProcessSpec], say: Say) -> None:
    names = ", ".join(spec.name for spec in wave)
    started = supervisor.bring_up(wave)
    say(f"{names}: healthy" + (f" (started {', '.join(started)})" if started else ""))


def _settle(settings: Settings, supervisor: Supervisor, keep: Callable[[socket.socket], object]) -> Settings:
    """Settle the ports; `keep` as for `ports.choose`."""
    ours = {port for port, owner in PORT_OWNERS.items() if supervisor.running(owner)}
    fixed = devports.fixed_ports(settings.port_offset)
    chosen = ports.choose(PORT_OWNERS, settings.ports, ours, fixed, keep)
    return settings.model_copy(update={"ports": chosen})


def _prepare(layout: Layout, settings: Settings, programs: dict[str, Path]) -> Context:
    """Settle credentials, write everything that processes and shells read."""
    settings.save(settings_path(layout))
    credentials = Credentials.load(credentials_path(layout))
    credentials.save(credentials_path(layout))
    pki.ensure(layout.pki)
    context = Context(layout, settings, credentials, programs)
    shell.write_kubeconfigs(context)
    shell.write_tools(context)
    return context
