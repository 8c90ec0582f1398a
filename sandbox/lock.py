"""One command at a time on one sandbox, and one build at a time of one tool.

A kernel lock (flock) goes with its holder, so a killed command leaves nothing to clean up.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.errors import Exit, SandboxError


@contextmanager
def exclusive(path: Path, say: Callable[[str], None], limit: float = 1800.0) -> Iterator[None]:
    """Hold the lock file `path`, waiting up to `limit` seconds and saying once who has it.

    Raises SandboxError (code 7) when the holder does not finish in time.
    """
    deadline = time.monotonic() + limit
    refused = 0
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 64).decode() or "unknown"
            os.close(handle)
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"{path.name} is still held by process {holder} after {limit:.0f} s; "
                    "let it finish or end it, then run this again.",
                    Exit.BUSY,
                ) from None
            if refused == 1:  # not at the first time: it may not have entered itself yet
                say(f"waiting for process {holder}, which holds {path}")
            refused += 1
            time.sleep(0.2)
            continue
        if _is_current(handle, path):
            break
        os.close(handle)  # the folder was wiped while we waited; take the new file
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    try:
        yield
    finally:
        os.close(handle)


def _is_current(handle: int, path: Path) -> bool:
    try:
        return os.fstat(handle).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
