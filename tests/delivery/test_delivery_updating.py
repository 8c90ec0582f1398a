import errno
import os
from pathlib import Path

import pytest

from delivery.commands import up
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.world.file_backend import FileBackend
from delivery.world.stack_lookup import CHECKOUT
from delivery.world.updating import Updating, port_offset


def engine_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_stack_without_a_file_is_unknown_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_in(tmp_path, monkeypatch, f"touch {tmp_path}/called")
    with pytest.raises(RecoveryError, match=r"there is no .*Pulumi\.foo\.yaml") as refused:
        Updating(StackRef(folder=tmp_path, project="p", stack="foo")).ensure_exists()
    assert refused.value.code is Exit.STACK_UNKNOWN
    assert not (tmp_path / "called").exists()


def test_without_an_engine_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecoveryError, match="sandbox env"):
        Updating(StackRef(folder=tmp_path, project="p", stack="dev"))


def test_a_refusal_of_the_engine_becomes_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_in(tmp_path, monkeypatch, "echo 'error: the backend is on fire' >&2; exit 255")
    (tmp_path / "Pulumi.dev.yaml").touch()
    with pytest.raises(RecoveryError, match=r"^`pulumi stack ls` failed: the backend is on fire$"):
        Updating(StackRef(folder=tmp_path, project="p", stack="dev")).ensure_exists()


def test_an_existing_stack_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_in(
        tmp_path,
        monkeypatch,
        f'[ "$2" = ls ] && echo \'[{{"name": "organization/p/dev"}}]\' || touch {tmp_path}/init',
    )
    (tmp_path / "Pulumi.dev.yaml").touch()
    assert not Updating(StackRef(folder=tmp_path, project="p", stack="dev")).ensure_exists()
    assert not (tmp_path / "init").exists()


def test_an_update_that_ends_well_in_spite_of_ctrl_c_has_ended_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_in(tmp_path, monkeypatch, f"{CTRL_C} exit 0")
    assert Updating(StackRef(folder=tmp_path, project="p", stack="dev")).up(ruled=False) == 0


def test_a_backend_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine_in(tmp_path, monkeypatch, "exit 0")
    (tmp_path / ".pulumi").mkdir()

    def locks(_self: FileBackend) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "a.json")

    monkeypatch.setattr(FileBackend, "locks", locks)
    assert brought_up(tmp_path, monkeypatch, "dev", made=False) == 1
    assert "up: dev: a.json: Permission denied; run this again" in capsys.readouterr().err


def brought_up(folder: Path, monkeypatch: pytest.MonkeyPatch, stack: str, *, made: bool = True) -> int:
    """How `blueocean up` ends for a stack that is there; `made` by it: nothing to recover."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder}")
    ref = StackRef(folder=folder, project="p", stack=stack)
    monkeypatch.setattr(up, "find_stack", lambda _name: ref)
    monkeypatch.setattr(Updating, "ensure_exists", lambda _self: made)
    return up.run([stack])


CTRL_C = "sleep 0.3; kill -INT $PPID; sleep 0.3;"  # it reaches the command as well, while the engine lets go


@pytest.mark.parametrize(
    ("ending", "code"),
    [("kill -INT $$", 130), (f"{CTRL_C} exit 255", 130), ("kill -KILL $$", 1), ("exit 255", 1)],
)
def test_an_update_that_was_interrupted_is_told_from_one_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, code: int
) -> None:
    engine_in(tmp_path, monkeypatch, ending)
    assert brought_up(tmp_path, monkeypatch, "dev") == code


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("dev", "up --stack dev --yes --skip-preview --suppress-outputs"),
        *[
            (stack, f"up --stack {stack} --yes --policy-pack {CHECKOUT / 'policies'} --suppress-outputs")
            for stack in ("staging", "prod", "another")
        ],
    ],
)
def test_where_the_rules_are_mandatory_they_judge_a_preview_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str, words: str
) -> None:
    engine_in(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/said; exit 255')
    assert brought_up(tmp_path, monkeypatch, stack) == 1
    assert (tmp_path / "said").read_text() == f"{words}\n"


def test_unusable_levels_let_nothing_be_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine_in(tmp_path, monkeypatch, f"touch {tmp_path}/called")
    (tmp_path / "levels.yaml").write_text("dev: loud")
    monkeypatch.setattr("policies.levels.load_levels.__defaults__", (tmp_path / "levels.yaml",))
    assert brought_up(tmp_path, monkeypatch, "dev") == 1
    assert "levels.yaml cannot be used, so nothing was touched" in capsys.readouterr().err
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(("text", "offset"), [("11700", 11700), ("", 0), ("x", 0), ("-1", 0)])
def test_the_offset_is_the_sandboxs(monkeypatch: pytest.MonkeyPatch, text: str, offset: int) -> None:
    monkeypatch.setenv("BLUEOCEAN_PORT_OFFSET", text)
    assert port_offset() == offset
