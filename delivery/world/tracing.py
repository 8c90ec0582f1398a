"""The engine run at its full verbosity, its log kept without secrets."""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from delivery.recovery.exits import RecoveryError
from delivery.recovery.stack import StackRef
from delivery.tracing.redaction import redacted
from policies.debugging import DEBUG

LOUD = ("--logtostderr", "-v=11", "--non-interactive")
"""11 is the last level at which the engine has something to say."""
Say = Callable[[str], None]


def trace(ref: StackRef, arguments: Sequence[str], log: Path, say: Say) -> int:
    """Run `pulumi` on the stack with its log in `log`, for its owner only, and return its exit code.

    What is no entry of the log is also handed to `say`; standard output goes to the terminal as it is. Ctrl-C
    is the engine's to answer. A log that cannot be written to its end is told and stops nothing. Raises
    RecoveryError, before anything runs, when there is no engine or the file cannot be opened.
    """
    if shutil.which("pulumi") is None:
        raise RecoveryError('there is no pulumi on PATH; run `eval "$(uv run sandbox env)"` first.')
    command = ["pulumi", *arguments, "--stack", ref.stack, *LOUD]
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true", DEBUG: "true"}
    with _opened(log) as file, _left_to_the_engine():
        engine = subprocess.Popen(command, cwd=ref.folder, env=environment, stderr=subprocess.PIPE)
        with engine:
            assert engine.stderr  # noqa: S101 - a pipe was asked for
            _keep((line.decode(errors="replace").rstrip("\n") for line in engine.stderr), file, say)
        return engine.returncode


def _opened(log: Path) -> IO[bytes]:
    """The file, its owner's only even if it was there before; unbuffered, so that a fault shows at once."""
    try:
        file = os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0)
    except OSError as error:
        raise RecoveryError(f"{log} cannot be written: {error.strerror}; name another file.") from None
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fchmod(file.fileno(), 0o600)
    return file


def _keep(lines: Iterator[str], file: IO[bytes], say: Say) -> None:
    fault: OSError | None = None
    for line in lines:
        kept = redacted(line)
        if not kept.startswith("{"):
            say(kept)
        if fault is None:
            try:
                file.write(f"{kept}\n".encode(errors="replace"))
            except OSError as error:
                fault = error
                say(f"the log ends here: {error.strerror}; the engine goes on.")


@contextmanager
def _left_to_the_engine() -> Iterator[None]:
    """Take no notice of Ctrl-C, which the engine gets as well; a handler, for "ignored" is inherited."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
