import io
from pathlib import Path

import pytest

from sandbox.commands.down import command
from sandbox.errors import Exit, SandboxError


def test_wiping_without_a_terminal_needs_a_clear_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLUEOCEAN_SANDBOX", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("y"))
    kept = tmp_path / "kept"
    kept.touch()
    with pytest.raises(SandboxError, match=f"deletes {tmp_path} for good; say so with --yes") as refused:
        command(wipe=True)
    assert refused.value.code is Exit.USAGE
    assert kept.exists()
