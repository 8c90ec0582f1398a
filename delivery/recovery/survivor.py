"""Plugins that outlived their engine."""

from collections.abc import Mapping, Sequence

from catalogue.models.base import Model
from delivery.recovery.lock import Holder
from delivery.recovery.process import ProcessFact

INIT = 1


class Survivor(Model):
    """A plugin process without a living engine, or one of which that is not known."""

    pid: int
    started: float
    command: str
    engine: Holder


def survivors(
    processes: Sequence[ProcessFact], listeners: Mapping[int, int | None], mine: tuple[str | None, str | None]
) -> tuple[Survivor, ...]:
    """Find the plugins of this backend whose engine is dead or not known to live.

    `listeners` maps loopback ports to the pid that listens there (None: not allowed to see it), `mine` is
    (backend URL, PULUMI_HOME): a plugin with other values belongs to somebody else.
    """
    known = {process.pid: process for process in processes}
    found = []
    for process in processes:
        if not process.is_plugin or not process.readable or (process.backend, process.home) != mine:
            continue
        engine = _engine(process, known, listeners)
        if engine is not Holder.LIVING:
            found.append(
                Survivor(pid=process.pid, started=process.started, command=_name(process), engine=engine)
            )
    return tuple(found)


def _engine(
    process: ProcessFact, known: Mapping[int, ProcessFact], listeners: Mapping[int, int | None]
) -> Holder:
    top = _top_plugin(process, known)
    if any(ancestor.is_engine for ancestor in _line(process, known)):
        return Holder.LIVING
    if not (ports := top.engine_ports):
        return Holder.DEAD if top.parent == INIT else Holder.UNKNOWN
    judged = {_listening(port, known, listeners) for port in ports}
    return next(state for state in (Holder.LIVING, Holder.UNKNOWN, Holder.DEAD) if state in judged)


def _listening(port: int, known: Mapping[int, ProcessFact], listeners: Mapping[int, int | None]) -> Holder:
    if port not in listeners:
        return Holder.DEAD
    pid = listeners[port]
    if pid is None or pid not in known:
        return Holder.UNKNOWN
    return Holder.LIVING if known[pid].is_engine else Holder.DEAD


def _line(process: ProcessFact, known: Mapping[int, ProcessFact]) -> list[ProcessFact]:
    """Return the ancestors, nearest first."""
    line: list[ProcessFact] = []
    while (parent := known.get(process.parent)) is not None and parent not in line:
        line.append(parent)
        process = parent
    return line


def _top_plugin(process: ProcessFact, known: Mapping[int, ProcessFact]) -> ProcessFact:
    """Return the plugin itself, or the language host that runs this program."""
    return next((item for item in reversed(_line(process, known)) if item.is_plugin), process)


def _name(process: ProcessFact) -> str:
    words = (word.rpartition("/")[2] for word in process.arguments[:4])
    return next((word for word in words if word.startswith(("pulumi", "sandbox.plugins."))), process.name)
