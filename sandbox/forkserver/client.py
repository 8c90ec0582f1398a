"""Run Python code in a fork of the fork server: `python -IS client.py WHAT [ARGUMENT...]`.

WHAT is a module's name, as for `python -m`, or the path of a script. This process stays as long as the code
runs and looks to everybody like its interpreter: arguments, environment and place in the process tree are
its own, signals are passed on, the exit code is the code's, and whoever kills it has killed the code. Without
a server that takes the code it becomes the interpreter.

Standard library only and little of it, because this starts with every program and plugin.
"""

# pathlib and typing cost 10 ms each, as much as all the rest.
# ruff: noqa: PTH109, PTH115, PTH120

import marshal
import os
import resource
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

SERVER = "BLUEOCEAN_FORK_SERVER"  # in the environment: the path of the server's socket
LENGTH = 4  # bytes, big endian, before a request
STATUS = 4  # bytes, signed big endian: the exit code, or minus the signal that ended the code
ACCEPTED, REFUSED = b"+", b"-"
GO = 0  # the first byte after that; each further one is a signal's number
STREAMS = (0, 1, 2)
PASSED_ON = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
_PATIENCE = 5.0  # seconds for the server's answer
_LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)


def surroundings() -> list[str]:
    """Where this process lives: with another interpreter, or in other namespaces, code meets other things."""
    namespaces = [os.readlink(f"/proc/self/ns/{name}") for name in ("mnt", "net", "pid", "user")]
    return [os.path.realpath(os.path.dirname(sys.executable)), *namespaces]


def at(path: str, act: "Callable[[str], object]") -> None:
    """Connect to or bind a socket whose path may be longer than the 107 bytes of an address (unix(7))."""
    folder, name = os.path.split(path)
    folder_fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        act(f"/proc/self/fd/{folder_fd}/{name}")
    finally:
        os.close(folder_fd)


def main() -> "NoReturn":
    """Stand for the code until it ends; never returns."""
    what = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)  # until there is somebody to pass them on to
    connection = _begun(what)
    if connection is None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        start = ["-u", *([] if os.sep in what[0] else ["-m"]), *what]
        os.execv(sys.executable, [sys.executable, *start])  # noqa: S606  no shell is wanted
    for number in PASSED_ON:  # those ignored here are so in the fork, until its code says otherwise
        signal.signal(number, lambda caught, _frame: connection.sendall(bytes([caught])))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    _end(connection.recv(STATUS, socket.MSG_WAITALL))


def _begun(what: list[str]) -> socket.socket | None:
    """Have the server begin; None when there is none, or it does not take this. Nothing runs before GO."""
    if not (path := os.environ.get(SERVER)):
        return None
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_PATIENCE)
    try:
        request = _request(what)
        at(path, connection.connect)
        socket.send_fds(connection, [len(request).to_bytes(LENGTH, "big")], STREAMS)
        connection.sendall(request)
        if connection.recv(1) != ACCEPTED:
            return None
        connection.sendall(bytes([GO]))
    except OSError:
        return None
    connection.settimeout(None)
    return connection


def _request(what: list[str]) -> bytes:
    """What makes this process another than its neighbours."""
    umask = os.umask(0)
    os.umask(umask)
    return marshal.dumps(
        {
            "what": what,
            "environment": dict(os.environb),
            "folder": os.getcwdb(),
            "umask": umask,
            "limits": [(kind, resource.getrlimit(kind)) for kind in _LIMITS],
            "ignored": [int(number) for number in _ignored()],
            "surroundings": surroundings(),
        }
    )


def _ignored() -> list[signal.Signals]:
    return [number for number in PASSED_ON if signal.getsignal(number) == signal.SIG_IGN]


def _end(status: bytes) -> "NoReturn":
    if len(status) < STATUS:
        sys.stderr.write("The sandbox's fork server ended; `sandbox up` starts it again.\n")
        sys.stderr.flush()
        os._exit(1)
    code = int.from_bytes(status, "big", signed=True)
    if code < 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-code])
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
