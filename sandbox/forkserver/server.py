"""The fork server itself: `python -m sandbox.forkserver.server --socket PATH`.

One thread and no state but the running forks. Protocol: `client`. It imports `PACKAGES`, listens, and forks
once for each request; in the fork it becomes what was asked for. A fork ends with its client, and with the
server.
"""

import argparse
import contextlib
import ctypes
import gc
import importlib
import io
import marshal
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
import sysconfig
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.forkserver.client import (
    ACCEPTED,
    GO,
    LENGTH,
    PASSED_ON,
    REFUSED,
    STATUS,
    STREAMS,
    at,
    surroundings,
)

PACKAGES = (
    "google.protobuf.any_pb2",
    "grpc",
    "pulumi",
    "pulumi.policy",
    "pulumi.runtime.proto.status_pb2",
    "pulumi_digitalocean",
    "pulumi_kubernetes",
    "pulumi_kubernetes.admissionregistration.v1",
    "pulumi_kubernetes.apps.v1",
    "pulumi_kubernetes.autoscaling.v2",
    "pulumi_kubernetes.batch.v1",
    "pulumi_kubernetes.core.v1",
    "pulumi_kubernetes.meta.v1",
    "pulumi_kubernetes.networking.v1",
    "pulumi_kubernetes.policy.v1",
    "pulumi_kubernetes.rbac.v1",
    "pulumi_kubernetes.scheduling.v1",
    "pulumi_kubernetes.storage.v1",
    "pulumi_policy",
    "pulumi_random",
    "pydantic.fields",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.plugin._loader",
    "pydantic.type_adapter",
    "pydantic.types",
    "securesystemslib.dsse",
    "yaml",
)
"""What programs, pack and plugins import from outside; nothing of a checkout, which changes meanwhile."""
_OWN = "sandbox"
_PATIENCE = 2.0  # seconds for the rest of a request that has begun
_BACKLOG = 64
_PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass
class Task:
    """One request, and later the fork that runs it."""

    request: dict[str, Any]
    streams: list[int]
    pid: int | None = None


class ForkServer:
    """Takes requests until it finds itself in a fork."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        at(str(path), self._listener.bind)
        path.chmod(0o600)
        self._listener.listen(_BACKLOG)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._tasks: dict[socket.socket, Task] = {}
        self._endings: dict[int, tuple[socket.socket, int]] = {}  # pidfd -> who waits for which fork
        self._surroundings = surroundings()
        self._packages = packages_state()

    def task(self) -> Task:
        """Serve; return only in a fork, with what that is to do."""
        while True:
            for key, _events in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    if task := self._hear(key.fileobj):
                        return task
                else:
                    self._ended(key.fd)

    def _accept(self) -> None:
        """Take a request, or close the connection: the client does its work itself then."""
        connection, _address = self._listener.accept()
        connection.settimeout(_PATIENCE)
        streams: list[int] = []
        try:
            head, streams, _flags, _peer = socket.recv_fds(connection, LENGTH, len(STREAMS))
            request = marshal.loads(_exactly(connection, int.from_bytes(head, "big")))  # noqa: S302  our own
            ours = request["surroundings"] == self._surroundings and packages_state() == self._packages
            ours = ours and not any(_is_above_ours(kind, limits[1]) for kind, limits in request["limits"])
            connection.sendall(ACCEPTED if ours else REFUSED)
        except (OSError, EOFError, ValueError, TypeError, LookupError):
            ours = False
        if not ours:
            _close(streams)
            connection.close()
            return
        self._tasks[connection] = Task(request, streams)
        self._selector.register(connection, selectors.EVENT_READ)

    def _hear(self, connection: socket.socket) -> Task | None:
        """Start, signal or end a fork, as its client says; return its task in the fork itself."""
        task = self._tasks[connection]
        try:
            said = connection.recv(1)
        except OSError:
            said = b""
        if not said:
            self._forget(connection)
        elif said[0] == GO and task.pid is None:
            return self._fork(connection, task)
        elif task.pid is not None:
            _signal(task.pid, said[0])
        return None

    def _fork(self, connection: socket.socket, task: Task) -> Task | None:
        server = os.getpid()
        try:
            task.pid = os.fork()
        except OSError:  # no memory, too many processes: its client says so, the others go on
            self._forget(connection)
            return None
        if task.pid == 0:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != server:
                os._exit(1)
            self._release()
            return task
        _close(task.streams)
        ending = os.pidfd_open(task.pid)
        self._endings[ending] = connection, task.pid
        self._selector.register(ending, selectors.EVENT_READ)
        return None

    def _ended(self, ending: int) -> None:
        """Tell the client how its code has ended."""
        connection, pid = self._endings.pop(ending)
        self._selector.unregister(ending)
        os.close(ending)
        del self._tasks[connection]
        _pid, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(STATUS, "big", signed=True))
        with contextlib.suppress(KeyError):  # the client went first
            self._selector.unregister(connection)
        connection.close()

    def _forget(self, connection: socket.socket) -> None:
        """Let go of a client that is gone; what it stood for goes too."""
        task = self._tasks[connection]
        self._selector.unregister(connection)
        if task.pid is not None:
            _signal(task.pid, signal.SIGKILL)
            return  # its end closes the rest
        del self._tasks[connection]
        _close(task.streams)
        connection.close()

    def _release(self) -> None:
        """Close, in a fork, what belongs to the server and to other forks."""
        self._selector.close()
        self._listener.close()
        for connection in self._tasks:
            connection.close()
        for task in self._tasks.values():
            if task.pid is None:
                _close(task.streams)
        for ending in self._endings:
            os.close(ending)


def become(task: Task) -> None:
    """Be the process that the client stands for, and run its code to the end.

    Raises SystemExit and whatever else the code raises, as an interpreter started for it would show it.
    """
    request = task.request
    os.setsid()
    for target, stream in zip(STREAMS, task.streams, strict=True):
        os.dup2(stream, target)
    _close(task.streams)
    os.chdir(request["folder"])
    os.umask(request["umask"])
    for kind, limit in request["limits"]:
        resource.setrlimit(kind, limit)
    os.environb.clear()
    os.environb.update(request["environment"])
    time.tzset()
    for number in PASSED_ON:
        signal.signal(number, signal.SIG_IGN if number in request["ignored"] else signal.SIG_DFL)
    if signal.SIGINT not in request["ignored"]:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False))  # noqa: SIM115  for good
    sys.stdout = _unbuffered(1, "strict")
    sys.stderr = _unbuffered(2, "backslashreplace")
    _run(request["what"])


def _run(what: list[str]) -> None:
    """Do as `python -u -m MODULE` and `python -u SCRIPT` do."""
    for name in [name for name in sys.modules if name.split(".")[0] == _OWN]:
        del sys.modules[name]  # ours, not those of the checkout that the code comes from
    importlib.invalidate_caches()
    extra = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    base = [part for part in sys.path if part not in extra]
    sys.argv = list(what)
    if os.sep in what[0]:
        sys.path = [str(Path(what[0]).parent), *extra, *base]
        runpy.run_path(what[0], run_name="__main__")
    else:
        sys.path = [str(Path.cwd()), *extra, *base]
        runpy.run_module(what[0], run_name="__main__", alter_sys=True)


def _unbuffered(number: int, errors: str) -> io.TextIOWrapper:
    raw = open(number, "wb", 0, closefd=False)  # noqa: SIM115  for good
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)


def packages_state() -> int:
    """When something was last installed or removed (ns): what was imported before that is no longer true."""
    return Path(sysconfig.get_path("purelib")).stat().st_mtime_ns


def _is_above_ours(kind: int, hard: int) -> bool:
    """Whether a hard limit is higher than the server's own: its forks could not get there (setrlimit(2))."""
    ours = resource.getrlimit(kind)[1]
    return ours not in {hard, resource.RLIM_INFINITY} and (hard == resource.RLIM_INFINITY or hard > ours)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _close(numbers: list[int]) -> None:
    while numbers:
        os.close(numbers.pop())


def preload() -> None:
    """Import `PACKAGES`; raises RuntimeError when one of them starts a thread, which no fork would have."""
    for name in PACKAGES:
        importlib.import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError(f"a package starts threads at its import: {threading.enumerate()}")
    gc.freeze()  # pages stay shared, and no fork looks for garbage here


def main() -> None:
    """Serve, or in a fork be what a client asked for."""
    gc.set_threshold(100_000)  # docs/adr/0101
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    path: Path = parser.parse_args().socket
    sys.path = [part for part in sys.path if part and part != str(Path.cwd())]
    preload()
    become(ForkServer(path).task())


if __name__ == "__main__":
    main()
