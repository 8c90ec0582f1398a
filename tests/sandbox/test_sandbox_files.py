import os
from pathlib import Path

import pytest

from sandbox.files import write_private


def test_a_file_is_private_from_the_start_and_says_whether_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert write_private(path, "a")
    assert not write_private(path, "a")
    assert write_private(path, "b")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == "b"


def test_a_failed_write_keeps_the_old_file_and_leaves_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    write_private(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_private(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
