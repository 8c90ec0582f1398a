"""From what lies in the backend and what runs on this machine to findings: a pure function."""

from collections.abc import Iterator, Mapping

from catalogue.models.base import Model
from delivery.recovery.checkpoint import Checkpoint
from delivery.recovery.finding import Certainty, EndProcess, Finding, RemoveFile, RestoreCheckpoint
from delivery.recovery.lock import Holder, Lock, judge_lock
from delivery.recovery.process import ProcessFact
from delivery.recovery.survivor import survivors


class Copy(Model):
    """A readable copy of the checkpoint; `written` in seconds since the epoch."""

    path: str
    written: float


class BackendFacts(Model):
    """One look at one stack in a file backend and at the processes of this machine.

    `checkpoint` is None when it cannot be read, and `trouble` says why; `empty_metadata` are metadata files
    without a byte, `leftovers` temporary files of writes that were cut off; `hidden` are pids of locks which
    exist here, and of which nothing can be seen.
    """

    host: str
    mine: tuple[str | None, str | None]
    processes: tuple[ProcessFact, ...] = ()
    listeners: Mapping[int, int | None] = {}
    locks: tuple[Lock, ...] = ()
    path: str = ""
    checkpoint: Checkpoint | None = None
    trouble: str = ""
    copies: tuple[Copy, ...] = ()
    empty_metadata: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()


def living_lock(facts: BackendFacts) -> Lock | None:
    """Return the lock of an update that runs at this moment, if there is one."""
    return next((lock for lock in facts.locks if _holder(lock, facts) is Holder.LIVING), None)


def plan_backend(facts: BackendFacts) -> tuple[Finding, ...]:
    """Say what is to be done before the state can be trusted: locks, plugins, files, in this order."""
    return (*_plugins(facts), *_locks(facts), *_files(facts), *_checkpoint(facts))


def _holder(lock: Lock, facts: BackendFacts) -> Holder:
    holder = next((process for process in facts.processes if process.pid == lock.pid), None)
    return judge_lock(lock, facts.host, holder, hidden=lock.pid in facts.hidden)


def _plugins(facts: BackendFacts) -> Iterator[Finding]:
    for survivor in survivors(facts.processes, facts.listeners, facts.mine):
        dead = survivor.engine is Holder.DEAD
        reason = "whose engine is dead" if dead else "whose engine is not to be seen"
        yield Finding(
            found=f"plugin {survivor.command} (pid {survivor.pid}) {reason}",
            cure="end it",
            certainty=Certainty.PROVEN if dead else Certainty.ASK,
            action=EndProcess(pid=survivor.pid, started=survivor.started),
        )


def _locks(facts: BackendFacts) -> Iterator[Finding]:
    for lock in facts.locks:
        dead = _holder(lock, facts) is Holder.DEAD
        reason = "whose process is gone" if dead else "whose process cannot be seen from here"
        yield Finding(
            found=f"{lock}, {reason}",
            cure="remove it",
            certainty=Certainty.PROVEN if dead else Certainty.ASK,
            action=RemoveFile(path=lock.path),
        )


def _files(facts: BackendFacts) -> Iterator[Finding]:
    for path in facts.empty_metadata:
        yield Finding(
            found=f"metadata file {path}, empty, which keeps the engine from reading what lies beside it",
            cure="remove it",
            action=RemoveFile(path=path),
        )
    if facts.hidden or any(process.is_engine for process in facts.processes):
        return  # it may be writing one of them at this moment; they do no harm
    for path in facts.leftovers:
        yield Finding(
            found=f"temporary file {path} of a write that was cut off",
            cure="remove it",
            action=RemoveFile(path=path),
        )


def _checkpoint(facts: BackendFacts) -> Iterator[Finding]:
    if facts.checkpoint is not None or not facts.trouble:
        return
    found = f"checkpoint {facts.path}: {facts.trouble}"
    newest = max(facts.copies, key=lambda copy: copy.written, default=None)
    if newest is None:
        yield Finding(
            found=found + "; no copy of it can be read either",
            cure="restore the backend from a backup of your own",
            certainty=Certainty.ASK,
        )
        return
    yield Finding(
        found=found,
        cure=f"restore {newest.path}, the newest copy that can be read, and keep the bad file aside",
        certainty=Certainty.ASK,
        action=RestoreCheckpoint(source=newest.path, target=facts.path),
    )
