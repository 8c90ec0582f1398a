"""Commands that tests run as a user would."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

QUIET = ("--yes", "--skip-preview", "--non-interactive", "--color=never")
"""What an engine's command is given so that it asks nothing and tells its result only."""
Done = subprocess.CompletedProcess[str]


def run(
    command: list[str], folder: Path, env: Mapping[str, str], code: int | None = 0, limit: float = 240
) -> Done:
    """Run a command and check its exit code (None: any); it may take `limit` seconds."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    told = f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert code is None or done.returncode == code, told
    return done


def write_program(file: Path, text: str) -> None:
    """Write what Python runs next, even where it ran another text of the same length in this very second.

    By these two, length and second, Python takes the bytecode beside a source for the source's.
    """
    shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)
    file.write_text(text, encoding="utf-8")
