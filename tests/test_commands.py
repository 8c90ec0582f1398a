"""What the tests rely on when they run commands."""

import os
import subprocess
import sys
from pathlib import Path

from tests.commands import write_program


def said(folder: Path) -> str:
    """What Python says when it runs the folder as `pulumi` has it run, all at one and the same second."""
    os.utime(folder / "__main__.py", (1_700_000_000, 1_700_000_000))
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", run, folder], env=env, check=True, capture_output=True, text=True
    ).stdout


def test_a_program_is_read_anew_though_its_length_and_its_second_are_the_same(tmp_path: Path) -> None:
    for text in ("1", "2"):
        write_program(tmp_path / "__main__.py", f"print({text})")
        assert said(tmp_path) == f"{text}\n"
    assert list(tmp_path.glob("__pycache__/*"))
