"""One `blueocean up` or `recover` at a time on one stack of a file backend.

The engine's own lock of such a backend is a file that is looked for, written, and looked for again; of
several at once each may meet the other's and give way, so that none proceeds. A kernel lock (flock) lets
exactly one through, and goes with its holder: a killed command leaves nothing to clean up.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef

NAMED_WITHIN_SECONDS = 5.0  # it takes microseconds, but its core may be busy with others


@contextlib.contextmanager
def held(root: Path | None, ref: StackRef) -> Iterator[None]:
    """Hold a stack of the backend in `root`; None, for any other backend: the engine's own lock alone.

    Raises RecoveryError: code 6, naming the holder, when somebody has it; 5 when the backend is out of reach.
    """
    if root is None:
        yield
        return
    handle = _opened(root, ref)
    try:
        _take(handle, ref)
        yield
    finally:
        os.close(handle)


def _opened(root: Path, ref: StackRef) -> int:
    """Open the lock's file, for this process alone: an engine that outlives us must not keep it."""
    folder = root / ".blueocean"
    try:
        folder.mkdir(exist_ok=True)
        return os.open(folder / f"{ref.label}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        sentence = f"the lock of this stack cannot be opened in {folder}: {error.strerror}."
        raise RecoveryError(sentence, Exit.BACKEND_UNREADABLE) from None


def _take(handle: int, ref: StackRef) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RecoveryError(
            f"{_holder(handle)} is bringing {ref.project}'s {ref.stack} up or back at this moment, nothing"
            " was touched; let it finish, then run this again.",
            Exit.UPDATE_RUNNING,
        ) from None
    with contextlib.suppress(OSError):  # on a full disk it holds all the same, only its holder has no name
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _holder(handle: int) -> str:
    """Name who has it: that one enters itself a moment after it took it, over the name of one before.

    A name that does not come is one that could not be written, or that another machine's processes have.
    """
    deadline = time.monotonic() + NAMED_WITHIN_SECONDS
    while True:
        pid = os.pread(handle, 32, 0).decode(errors="replace").strip()
        if pid.isdecimal() and psutil.pid_exists(int(pid)):
            return f"process {pid}"
        if time.monotonic() > deadline:
            return "another process"
        time.sleep(0.01)
