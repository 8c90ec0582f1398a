"""The Pulumi engine, asked by its command line for one stack."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from delivery.recovery.checkpoint import Checkpoint, UnreadableError, parse_checkpoint
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef

TIMEOUT_SECONDS = 600.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Engine:
    """One stack as the engine sees it. Nothing is ever asked for with its secrets shown."""

    def __init__(self, ref: StackRef) -> None:
        self._ref = ref

    def checkpoint(self) -> Checkpoint:
        """Return the state by `pulumi stack export`, secrets encrypted. Raises RecoveryError."""
        try:
            return parse_checkpoint(self._run("stack", "export").encode())
        except UnreadableError as error:
            raise RecoveryError(
                f"the exported state is unusable: {error}.", Exit.BACKEND_UNREADABLE
            ) from None

    def refresh(self, urns: tuple[str, ...]) -> None:
        """Reread these resources from the cluster; records of creates stay. Raises RecoveryError."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._run("refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--color=never", *targets)

    def clear_pending(self) -> None:
        """Drop the records of unfinished operations: the engine does on import of its own export.

        Raises RecoveryError.
        """
        with tempfile.TemporaryDirectory(prefix="blueocean-recover-") as folder:
            file = str(Path(folder, "state.json"))
            self._run("stack", "export", "--file", file)
            self._run("stack", "import", "--file", file)

    def _run(self, *arguments: str) -> str:
        if shutil.which("pulumi") is None:
            raise RecoveryError('there is no pulumi on PATH; run `eval "$(uv run sandbox env)"` first.')
        command = ["pulumi", *arguments, "--stack", self._ref.stack, "--non-interactive"]
        environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            done = subprocess.run(
                command,
                cwd=self._ref.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RecoveryError(
                f"`pulumi {arguments[0]}` did not end within {TIMEOUT_SECONDS:.0f} s; see `sandbox status`, "
                "then run recover again."
            ) from None
        if done.returncode:
            raise RecoveryError(f"`pulumi {arguments[0]}` failed: {_reason(done.stderr + done.stdout)}")
        return done.stdout


def _reason(text: str) -> str:
    """Return the line that says why: the engine's first error, else its last line."""
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")]
    return (errors or lines[-1:] or ["it said nothing"])[0].removeprefix("error: ")
