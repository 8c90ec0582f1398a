"""`sandbox doctor` looks at everything, whatever one look ends in."""

import errno
import os
from pathlib import Path

import pytest
import typer

from sandbox.commands import doctor
from sandbox.errors import Exit


def test_a_check_that_cannot_look_is_bad_and_the_others_still_speak(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/there")

    monkeypatch.setattr(doctor, "CHECKS", {"one": broken, "two": lambda: "well"})
    with pytest.raises(typer.Exit) as ended:
        doctor.command()
    assert ended.value.exit_code == Exit.PREREQUISITE
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("BAD one: ")
    assert "Permission denied: '/there'" in first
    assert second == "ok  two: well"


def test_the_disk_of_a_folder_that_is_not_made_yet_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLUEOCEAN_SANDBOX", str(tmp_path / "not" / "made" / "yet"))
    assert doctor.CHECKS["disk"]() == f"{tmp_path} has room"
