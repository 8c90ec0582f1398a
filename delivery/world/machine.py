"""The processes of this machine, seen and ended."""

import contextlib
import os
import re
import socket
import time

import psutil

from delivery.recovery.process import ProcessFact

PATIENCE_SECONDS = 5.0
_GONE = (psutil.Error, OSError)
_OURS = re.compile(r"pulumi|sandbox\.plugins\.")


def host_name() -> str:
    """Return this machine's name, as the engine writes it into a lock."""
    return socket.gethostname()


def processes() -> tuple[ProcessFact, ...]:
    """Return every process that can be seen, this one left out; environments only where a plugin may be."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(*_GONE):
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(_fact(process))
    return tuple(found)


def is_hidden(pid: int) -> bool:
    """Whether there is such a process, and nothing of it can be seen.

    So it is with other users' where /proc is mounted with `hidepid`: they are unreadable, or not even listed.
    """
    try:
        os.kill(pid, 0)
    except PermissionError:
        with contextlib.suppress(*_GONE):
            return not psutil.Process(pid).name()
        return True
    except (OSError, OverflowError):
        return False
    return False


def sockets() -> list[tuple[str, int, int | None]]:
    """Return address, TCP port and process of all that listens; None where that one is not to be seen.

    Raises psutil.Error or OSError on a system that shows nothing.
    """
    connections = psutil.net_connections(kind="tcp")
    return [
        (item.laddr[0], item.laddr[1], item.pid)
        for item in connections
        if item.laddr and item.status == psutil.CONN_LISTEN
    ]


def listeners() -> dict[int, int | None]:
    """Return which process listens on which TCP port, as `sockets` sees it."""
    return {port: pid for _, port, pid in sockets()}


def end(pid: int, started: float) -> bool:
    """End the process that started then, and its children; SIGTERM first, SIGKILL after a while.

    Return whether it is gone. A process that was given the same pid later is left alone.
    """
    try:
        process = psutil.Process(pid)
        if process.create_time() != started:
            return True
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return True
    for member in family:
        with contextlib.suppress(*_GONE):
            member.terminate()
    for member in _still_running(family):
        with contextlib.suppress(*_GONE):
            member.kill()
    return not _still_running(family)


def _still_running(family: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that run after a while; a zombie does not: its new parent may take its time to reap it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (running := [member for member in family if _runs(member)]) and time.monotonic() < until:
        time.sleep(0.02)
    return running


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(*_GONE):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _fact(process: psutil.Process) -> ProcessFact:
    arguments = tuple(process.cmdline())
    backend, home, readable = None, None, True
    if any(_OURS.search(word) for word in arguments[:4]):
        try:
            environment = process.environ()
            backend, home = environment.get("PULUMI_BACKEND_URL"), environment.get("PULUMI_HOME")
        except _GONE:
            readable = False
    return ProcessFact(
        pid=process.pid,
        parent=process.ppid(),
        name=process.name(),
        started=process.create_time(),
        arguments=arguments,
        backend=backend,
        home=home,
        readable=readable,
    )
