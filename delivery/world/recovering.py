"""Looks at one stack, has the pure planners judge it, and carries out what they say."""

import os
from collections.abc import Callable

from catalogue.models.base import Model
from delivery.recovery.backend_plan import BackendFacts, living_lock, plan_backend
from delivery.recovery.checkpoint import Checkpoint
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.finding import (
    Action,
    Certainty,
    ClearPending,
    DeleteObject,
    EndProcess,
    Finding,
    RefreshPending,
    RemoveFile,
    RestoreCheckpoint,
)
from delivery.recovery.stack import StackRef
from delivery.recovery.state_plan import StateFacts, plan_state
from delivery.world import machine
from delivery.world.cluster import Cluster
from delivery.world.engine import Engine
from delivery.world.file_backend import FileBackend
from delivery.world.stack_lookup import kube_context


class Wishes(Model):
    """What the person at the command line allows."""

    dry_run: bool = False
    delete_orphans: bool = False


class Recovery:
    """One recovery of one stack. `say` takes a line for the person, `ask` returns a person's yes or no."""

    def __init__(
        self,
        ref: StackRef,
        backend: FileBackend | None,
        say: Callable[[str], None],
        ask: Callable[[str], bool],
    ) -> None:
        """Work on a file backend; None for any other, of which only the state can be asked for."""
        self._ref, self._backend, self._say, self._ask = ref, backend, say, ask
        self._engine, self._cluster = Engine(ref), Cluster(kube_context(ref))

    def run(self, wishes: Wishes) -> Exit:
        """Find and treat, the backend first. Raises RecoveryError; whatever was done by then stays done."""
        if not self._treat(plan_backend(self._look()), wishes):
            return Exit.NEEDS_DECISION
        decided = self._treat(plan_state(self._state(wishes)), wishes)
        return Exit.HEALED if decided else Exit.NEEDS_DECISION

    def _look(self) -> BackendFacts:
        self._say("looking at locks, plugins and files ...")
        facts = BackendFacts(
            host=machine.host_name(),
            mine=(os.environ.get("PULUMI_BACKEND_URL"), os.environ.get("PULUMI_HOME")),
            processes=machine.processes(),
            listeners=machine.listeners(),
        )
        if self._backend is None:
            return facts
        locks, path = self._backend.locks(), self._backend.path
        if path is None and not locks:
            sentence = f"stack {self._ref.stack} of project {self._ref.project} is not in this backend"
            raise RecoveryError(f"{sentence}; `pulumi stack ls` lists those that are.", Exit.STACK_UNKNOWN)
        checkpoint, trouble = self._backend.checkpoint()
        facts = facts.model_copy(
            update={
                "locks": locks,
                "hidden": frozenset(lock.pid for lock in locks if lock.pid and machine.is_hidden(lock.pid)),
                "path": path or "",
                "checkpoint": checkpoint,
                "trouble": trouble,
                "copies": self._backend.copies() if trouble else (),
                "empty_metadata": self._backend.empty_metadata(),
                "leftovers": self._backend.leftovers(),
            }
        )
        if lock := living_lock(facts):
            raise RecoveryError(f"an update is running: {lock}; nothing was touched.", Exit.UPDATE_RUNNING)
        return facts

    def _state(self, wishes: Wishes) -> StateFacts:
        self._say("looking at pending operations and live objects ...")
        live = self._cluster.live_objects(self._ref.label)
        if live is None:
            self._say(
                "the cluster does not answer: objects that the state does not know were not looked for."
            )
        return StateFacts(
            checkpoint=self._checkpoint(),
            live=live,
            delete_orphans=wishes.delete_orphans,
        )

    def _checkpoint(self) -> Checkpoint:
        if self._backend is None:
            return self._engine.checkpoint()
        return self._backend.checkpoint()[0] or Checkpoint()

    def _treat(self, findings: tuple[Finding, ...], wishes: Wishes) -> bool:
        """Return whether everything that needed a decision got its yes."""
        decided = True
        for finding in findings:
            line = f"found {finding.found} -> {finding.cure}"
            if finding.certainty is Certainty.REPORT:
                self._say(line)
            elif wishes.dry_run:
                self._say(f"{line} (dry run)")
                decided &= finding.certainty is Certainty.PROVEN
            elif finding.action is None or not (finding.certainty is Certainty.PROVEN or self._ask(line)):
                self._say(f"{line}: not done, it needs a decision")
                decided = False
            else:
                self._do(finding.action)
                self._say(f"{line}: done")
        return decided

    def _do(self, action: Action) -> None:
        match action:
            case EndProcess(pid=pid, started=started):
                if not machine.end(pid, started):
                    raise RecoveryError(f"process {pid} did not end, not even on SIGKILL.")
            case RefreshPending(urns=urns):
                self._engine.refresh(urns)
            case ClearPending():
                self._engine.clear_pending()
            case DeleteObject(key=key, urn=urn):
                self._cluster.delete(key, urn)
            case RemoveFile(path=path) if self._backend:
                self._backend.remove(path)
            case RestoreCheckpoint(source=source, target=target) if self._backend:
                self._say(f"the bad file is kept as {self._backend.restore(source, target)}")
