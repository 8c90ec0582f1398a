"""One container's command as a process of this machine: not as root, with only its own environment."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.unprivileged import container_prefix

_GRACE = 2.0
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

    Ends it when `cancelled` is set or after `limit` seconds. Its output goes to the log, line by line.
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
        with command.log.open("a", encoding="utf-8") as log:
            log.write(f"{command.argv[0]}: {error.strerror}\n")
        return NOT_FOUND
    with process:
        copier = threading.Thread(target=_copy, args=(process, command), daemon=True)
        copier.start()
        deadline = None if limit is None else time.monotonic() + limit
        while process.poll() is None:
            if cancelled.wait(0.05) or (deadline is not None and time.monotonic() > deadline):
                _kill(process)
        copier.join(_GRACE)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret of four characters and more in a text."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:  # noqa: PLR2004  shorter ones would blank half the log
            text = text.replace(secret, "***")
    return text


def _copy(process: subprocess.Popen[bytes], command: Command) -> None:
    with command.log.open("a", encoding="utf-8") as log:
        for line in process.stdout or ():
            log.write(redact(line.decode("utf-8", "replace"), command.secrets))
            log.flush()


def _kill(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return
