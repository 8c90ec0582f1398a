"""Programs that refuse to run as root, started by root.

An ordinary user needs nothing. Root uses a user namespace in which it is uid 65534: what root owns stays
readable, whatever folder the checkout lies in. Where namespaces are forbidden (some containers), the
program is
started as uid 65534 outright, and its folders are handed to that user.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import Exit, SandboxError

UID = 65534
_NAMESPACE = ("unshare", "--user", f"--map-user={UID}", f"--map-group={UID}", "--")
_SETUID = ("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--")


@functools.cache
def prefix() -> tuple[str, ...]:
    """Return what to put before a command so that it does not run as root: empty for an ordinary user.

    Raises SandboxError (code 5) when root can become nobody else.
    """
    if os.geteuid() != 0:
        return ()
    for candidate in (_NAMESPACE, _SETUID):
        program = shutil.which(candidate[0])
        command = (program or "", *candidate[1:])
        if program and _works(command):
            return command  # with its whole path: a simulated container's PATH does not hold it
    raise SandboxError(
        "Postgres refuses to run as root, and neither `unshare --user` nor `setpriv` works here; run this as "
        "an ordinary user.",
        Exit.PREREQUISITE,
    )


def hand_over(paths: Iterable[Path], *, through: Iterable[Path] = ()) -> None:
    """Give files and folders to the uid that `prefix` runs as, where that is another one than ours.

    The folders `through` which they are reached may then be passed by everybody, but not listed or read.
    """
    if prefix()[1:] == _SETUID[1:]:
        for path in paths:
            os.chown(path, UID, UID)
        for folder in through:
            folder.chmod(0o711)


@functools.cache
def container_prefix() -> tuple[str, ...]:
    """Return `prefix` for simulated containers; empty where that user could not even start our Python.

    Then they run as root, like the sandbox itself: only where root may not make a user namespace.
    """
    command = [*prefix(), "test", "-x", sys.executable]
    done = subprocess.run(command, check=False, timeout=10, capture_output=True)
    return () if done.returncode else prefix()


def check_reach(path: Path) -> None:
    """Raise SandboxError (code 5) when an unprivileged program could not read `path`."""
    done = subprocess.run([*prefix(), "test", "-r", str(path)], check=False, timeout=10)
    if done.returncode:
        raise SandboxError(
            f"An unprivileged process cannot reach {path}; run this as an ordinary user, or keep the "
            "checkout in a folder that every user may enter.",
            Exit.PREREQUISITE,
        )


def _works(candidate: tuple[str, ...]) -> bool:
    done = subprocess.run([*candidate, "true"], capture_output=True, check=False, timeout=10)
    return done.returncode == 0
