"""Start, check and stop processes that outlive the command which started them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psutil

from sandbox import identity
from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.processes.spec import ProcessSpec

Say = Callable[[str], None]
START_SECONDS = 90.0
PATIENCE_SECONDS = 6.0  # on a busy machine a healthy process misses a check now and then
LEAST_LOOKS = 3  # where the whole machine stood still, time went by in which nobody looked
_POLL = 0.1


@dataclass(frozen=True)
class Condition:
    """What is known of one process at this moment. `trouble` is None when it is healthy."""

    name: str
    pid: int | None
    trouble: str | None
    memory: int = 0
    uptime: float = 0.0


class Supervisor:
    """The processes of one sandbox."""

    def __init__(self, layout: Layout, say: Say) -> None:
        self._layout = layout
        self._say = say

    def running(self, name: str) -> identity.Record | None:
        """Return the record of a process that still runs, else None."""
        record = identity.read(self._layout.run / f"{name}.json")
        return record if record and identity.alive(record) else None

    def pids(self) -> set[int]:
        """Return the processes that run, whatever they are called."""
        found = (self.running(path.stem) for path in self._layout.run.glob("*.json"))
        return {record.pid for record in found if record}

    def condition(self, spec: ProcessSpec) -> Condition:
        """Look at one process: does it run, does it answer, what does it use (bytes, seconds)."""
        record = self.running(spec.name)
        if record is None:
            return Condition(spec.name, None, "not running")
        try:
            process = psutil.Process(record.pid)
            family = [process, *process.children(recursive=True)]
            memory = sum(_memory(member) for member in family)
            uptime = max(0.0, time.time() - process.create_time())
        except psutil.Error:
            return Condition(spec.name, None, "not running")
        return Condition(spec.name, record.pid, check(spec), memory, uptime)

    def bring_up(self, specs: Iterable[ProcessSpec]) -> list[str]:
        """Make one wave of processes healthy; return the names of those that had to be started.

        Raises SandboxError naming the process, the end of its log and the log's path.
        """
        started: dict[str, subprocess.Popen[bytes]] = {}
        waiting = []
        for spec in specs:
            if self._is_well(spec):
                continue
            self.stop([spec])
            started[spec.name] = self._start(spec)
            waiting.append(spec)
        try:
            self._wait(waiting, started)
        finally:
            for process in started.values():
                process.returncode = 0  # meant to outlive us: without this, Popen warns when it is collected
        return list(started)

    def stop(self, specs: Sequence[ProcessSpec]) -> list[str]:
        """End processes in the given order, each politely, then firmly; return who had been running."""
        stopped = []
        for spec in specs:
            record = self.running(spec.name)
            if record:
                _end(record, spec)
                stopped.append(spec.name)
            if end_strays(self._layout, spec.name) and not record:
                stopped.append(spec.name)
            (self._layout.run / f"{spec.name}.json").unlink(missing_ok=True)
        return stopped

    def _is_well(self, spec: ProcessSpec) -> bool:
        """Tell whether a process runs as described and is healthy; a slow one is given some time."""
        record = self.running(spec.name)
        if record is None or record.fingerprint != spec.fingerprint:
            return False
        deadline, looks = time.monotonic() + PATIENCE_SECONDS, 1
        while check(spec) is not None:
            late = looks >= LEAST_LOOKS and time.monotonic() > deadline
            if late or not identity.alive(record):
                return False
            looks += 1
            time.sleep(_POLL)
        return True

    def _wait(self, waiting: list[ProcessSpec], started: dict[str, subprocess.Popen[bytes]]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while waiting := [spec for spec in waiting if check(spec) is not None]:
            for spec in waiting:
                self._still_starting(spec, started[spec.name], deadline)
            time.sleep(_POLL)

    def _start(self, spec: ProcessSpec) -> subprocess.Popen[bytes]:
        spec.prepare()
        path = self._layout.log / f"{spec.name}.log"
        _shorten(path)
        mark = {identity.MARKER: f"{self._layout.root}#{spec.name}"}
        with path.open("ab") as log:
            log.write(f"--- started {time.strftime('%Y-%m-%dT%H:%M:%S%z')}\n".encode())
            log.flush()
            process = subprocess.Popen(
                spec.command,
                env={**_plain_environment(), **spec.environment, **mark},
                cwd=self._layout.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        record = identity.record_of(process.pid, spec.fingerprint)
        if record:
            identity.write(self._layout.run / f"{spec.name}.json", record)
        return process

    def _still_starting(self, spec: ProcessSpec, process: subprocess.Popen[bytes], deadline: float) -> None:
        """Raise SandboxError when a process has ended, or has taken too long."""
        path = self._layout.log / f"{spec.name}.log"
        if process.poll() is not None:
            raise SandboxError(
                f"{spec.name} ended with code {process.returncode} while starting: {_last_line(path)} "
                f"(log: {path}); run `sandbox up` again, or `sandbox doctor` for a diagnosis."
            )
        if time.monotonic() > deadline:
            raise SandboxError(
                f"{spec.name} runs but is not healthy after {START_SECONDS:.0f} s: {check(spec)} "
                f"(log: {path}); run `sandbox doctor` for a diagnosis."
            )


def check(spec: ProcessSpec) -> str | None:
    """Return None when the process is healthy, else why not, in a few words."""
    try:
        return spec.healthy()
    except OSError as error:
        return f"does not answer ({error.strerror or error})"


def end_strays(layout: Layout, name: str | None = None) -> int:
    """Kill what still carries this sandbox's mark (of one process, or of any); return how many."""
    found = identity.strays(layout.root, name)
    for process in found:
        _signal(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    # Not psutil's wait: where nobody reaps orphans (a container without init) a dead process stays listed.
    while any(identity.start_ticks(process.pid) for process in found) and time.monotonic() < deadline:
        for process in found:
            _reap(process.pid)
        time.sleep(0.02)
    return len(found)


def _end(record: identity.Record, spec: ProcessSpec) -> None:
    _signal(record.pid, spec.stop_signal)
    deadline = time.monotonic() + spec.grace
    while identity.alive(record) and time.monotonic() < deadline:
        _reap(record.pid)
        time.sleep(0.05)
    if identity.alive(record):
        _signal(record.pid, signal.SIGKILL)
        while identity.alive(record):
            _reap(record.pid)
            time.sleep(0.05)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap(pid: int) -> None:
    """Take note of the end of a child of ours (one that this very command started)."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _memory(process: psutil.Process) -> int:
    """Return the memory that is the process's own, so that pages shared by a family count once (bytes)."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _plain_environment() -> dict[str, str]:
    """Pass on little of the caller's environment: no credential of a shell ends up in a server."""
    kept = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "BLUEOCEAN_CACHE")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _shorten(path: os.PathLike[str], limit: int = 5_000_000) -> None:
    """Keep one older log when the current one has grown beyond `limit` bytes."""
    if os.path.exists(path) and os.path.getsize(path) > limit:  # noqa: PTH110, PTH202  PathLike has no methods
        os.replace(path, f"{os.fspath(path)}.1")  # noqa: PTH105  the same


def _last_line(path: os.PathLike[str]) -> str:
    with open(path, encoding="utf-8", errors="replace") as log:  # noqa: PTH123  PathLike has no methods
        lines = [line.strip() for line in log.read().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no output"
