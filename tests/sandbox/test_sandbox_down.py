import io
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.commands.down import command
from sandbox.errors import Exit, SandboxError
from sandbox.layout import Layout


def test_wiping_without_a_terminal_needs_a_clear_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLUEOCEAN_SANDBOX", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("y"))
    kept = tmp_path / "kept"
    kept.touch()
    with pytest.raises(SandboxError, match=f"deletes {tmp_path} for good; say so with --yes") as refused:
        command(wipe=True)
    assert refused.value.code is Exit.USAGE
    assert kept.exists()


@pytest.mark.parametrize("wipe", [False, True])
def test_a_folder_of_other_things_is_neither_taken_nor_wiped(tmp_path: Path, wipe: bool) -> None:  # noqa: FBT001  a table's cell
    tmp_path.chmod(0o755)
    photo = tmp_path / "photos" / "sea.jpg"
    photo.parent.mkdir()
    photo.touch()
    for act in (
        lambda: lifecycle.up(Layout(tmp_path), None, pytest.fail),
        lambda: lifecycle.down(Layout(tmp_path), pytest.fail, wipe=wipe),
    ):
        with pytest.raises(SandboxError, match=f"{tmp_path} holds files and is no sandbox's") as refused:
            act()
        assert refused.value.code is Exit.USAGE
    assert [*tmp_path.rglob("*")] == [photo.parent, photo]
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_sandbox_that_was_begun_or_is_an_older_versions_goes(tmp_path: Path) -> None:
    begun, older = Layout(tmp_path / "begun"), Layout(tmp_path / "older")
    for layout in (begun, older):
        layout.create()
        layout.data.joinpath("etcd").mkdir()
    older.mark.unlink()
    older.pki.joinpath("credentials.json").touch()
    for layout in (begun, older):
        assert lifecycle.down(layout, pytest.fail, wipe=True) == []
        assert not layout.root.exists()
