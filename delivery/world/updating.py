"""One stack brought up by the engine, whose own progress goes straight to the terminal."""

import json
import os
import shutil
import signal
import subprocess
from typing import Any

from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.world.stack_lookup import PACK


def port_offset() -> int:
    """How far the sandbox of this shell shifts the dev ports, as `sandbox env` says; else 0."""
    text = os.environ.get("BLUEOCEAN_PORT_OFFSET", "")
    return int(text) if text.isdecimal() else 0


class Updating:
    """`pulumi` for one stack. Every method raises RecoveryError with one sentence when the engine refuses."""

    def __init__(self, ref: StackRef) -> None:
        if shutil.which("pulumi") is None:
            raise RecoveryError('there is no pulumi on PATH; run `eval "$(uv run sandbox env)"` first.')
        self._ref = ref

    def ensure_exists(self) -> bool:
        """Make the stack in the backend when it is not there yet; returns whether it was made."""
        if not (file := self._ref.folder / f"Pulumi.{self._ref.stack}.yaml").is_file():
            raise RecoveryError(f"there is no {file}; name a stack that has a file.", Exit.STACK_UNKNOWN)
        listed = json.loads(self._quiet("stack", "ls", "--json"))
        if any(one["name"].rpartition("/")[2] == self._ref.stack for one in listed):
            return False
        self._quiet("stack", "init", self._ref.stack)
        return True

    def up(self, *, ruled: bool) -> int:
        """Apply the stack and return the engine's exit code. Ctrl-C reaches the engine: it lets go.

        Of an engine that did not finish after Ctrl-C the code is that of SIGINT, as if it had died of it: its
        own is that of any other failure.

        `ruled`: the rules judge a preview first, so that what they refuse touches nothing. Without a preview
        the rules for objects among each other would speak after the update.
        """
        how = ("--policy-pack", str(PACK)) if ruled else ("--skip-preview",)
        command = ["pulumi", "up", "--stack", self._ref.stack, "--yes", *how, "--suppress-outputs"]
        interrupted = False
        with subprocess.Popen(command, cwd=self._ref.folder, env=self._environment()) as engine:
            while True:
                try:
                    code = engine.wait()
                except KeyboardInterrupt:
                    interrupted = True  # the engine got the same signal and is letting go of its lock
                else:
                    return -signal.SIGINT if interrupted and code else code

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs; secret ones stay masked."""
        outputs: dict[str, Any] = json.loads(
            self._quiet("stack", "output", "--json", "--stack", self._ref.stack)
        )
        return outputs

    def _quiet(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self._ref.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = (done.stderr.strip() or done.stdout.strip() or "it said nothing").removeprefix("error: ")
            raise RecoveryError(f"`pulumi {' '.join(arguments[:2])}` failed: {words}")
        return done.stdout

    @staticmethod
    def _environment() -> dict[str, str]:
        return os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
