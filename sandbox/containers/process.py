"""One container's command as a process of this machine: not as root, with only its own environment."""

import contextlib
import io
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sandbox.unprivileged import container_prefix

_GRACE = 2.0  # seconds
_STEP = 0.05  # seconds
NOT_FOUND = 127


@dataclass(frozen=True)
class Command:
    """What to run; `secrets` are texts that never reach the log."""

    argv: list[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    secrets: set[str] = field(default_factory=set)


def run(command: Command, cancelled: threading.Event, limit: float | None) -> int:
    """Run to the end and return the exit code (128 + signal when it was killed).

    Ends it when `cancelled` is set or after `limit` seconds, and what it has left running ends with it, as in
    a container. Its output goes to the log, line by line.
    """
    try:
        process = subprocess.Popen(
            [*container_prefix(), *command.argv],
            env=command.environment,
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        _copy(io.BytesIO(f"{command.argv[0]}: {error.strerror}\n".encode()), command)
        return NOT_FOUND
    copier = threading.Thread(target=_copy, args=(process.stdout, command), daemon=True)
    copier.start()
    deadline = None if limit is None else time.monotonic() + limit
    while not _ended(process):
        if cancelled.wait(_STEP) or (deadline is not None and time.monotonic() > deadline):
            _kill(process)
    _signal(process, signal.SIGKILL)
    copier.join(_GRACE)
    code = process.wait()
    return code if code >= 0 else 128 - code


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret of four characters and more in a text."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:  # noqa: PLR2004  shorter ones would blank half the log
            text = text.replace(secret, "***")
    return text


def _copy(lines: IO[bytes], command: Command) -> None:
    """Write what a command says to its log, to the last line: where the disk is full, the log lacks some."""
    with lines:
        for line in lines:
            text = redact(line.decode("utf-8", "replace"), command.secrets)
            with contextlib.suppress(OSError), command.log.open("a", encoding="utf-8") as log:
                log.write(text)


def _kill(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(process, number)
        deadline = time.monotonic() + _GRACE
        while not (ended := _ended(process)) and time.monotonic() < deadline:
            time.sleep(_STEP)
        if ended:
            return


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; it is not reaped, so that until `wait` its group's number is nobody else's."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
