import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.commands import recover, up
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.world import stack_lock
from tests.delivery.test_delivery_recover import HEALTHY

# Holds the stack as `up` does, starts something that outlives it as an engine may, and tells both pids.
HOLDER = """
import os, subprocess, sys
from pathlib import Path
from delivery.recovery.stack import StackRef
from delivery.world.stack_lock import held
with held(Path(sys.argv[1]), StackRef(folder=Path(), project="p", stack="dev")):
    child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
    print(os.getpid(), child.pid, flush=True)
    sys.stdin.read()
"""


def stack(name: str = "dev") -> StackRef:
    return StackRef(folder=Path(), project="p", stack=name)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A living process that has the stack, and the pid of what it has started."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        pid, child = map(int, process.stdout.readline().split())
        assert pid == process.pid
        yield process, child
        process.kill()
        os.kill(child, 9)


def test_a_second_up_ends_at_once_names_the_first_and_starts_no_engine(
    holder: tuple[subprocess.Popen[str], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "pulumi").write_text(f"#!/bin/sh\ntouch {tmp_path}/called\n", encoding="utf-8")
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}?metadata=skip")
    monkeypatch.setattr(up, "find_stack", lambda _name: stack())
    assert int(up.run(["dev"])) == 6
    assert capsys.readouterr().err == (
        f"up: dev: process {holder[0].pid} is bringing p's dev up or back at this moment, "
        "nothing was touched; let it finish, then run this again.\n"
    )
    assert not (tmp_path / "called").exists()


def test_nobody_recovers_what_an_up_is_about_to_heal_but_may_look(
    holder: tuple[subprocess.Popen[str], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}?metadata=skip")
    monkeypatch.setattr(recover, "chosen_stack", lambda *_: stack())
    state = tmp_path / ".pulumi/stacks/p/dev.json"
    state.parent.mkdir(parents=True)
    state.write_text(HEALTHY)
    dead = tmp_path / ".pulumi/locks/organization/p/dev/dead.json"
    dead.parent.mkdir(parents=True)
    dead.touch()  # cut off while it was written: what `recover` would take away
    assert int(recover.run("dev", yes=True)) == 6
    assert f"recover: process {holder[0].pid} is bringing p's dev up or back" in capsys.readouterr().err
    assert dead.exists()
    recover.run("dev", dry_run=True)
    assert "dead.json" in capsys.readouterr().out


@pytest.mark.parametrize("before", ["", "gone"])
def test_a_holder_that_enters_itself_a_moment_later_is_named_and_not_the_one_before(
    before: str,
    holder: tuple[subprocess.Popen[str], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    entered = tmp_path / ".blueocean/p.dev.lock"
    entered.write_text(str(gone.pid) if before else "")
    monkeypatch.setattr(stack_lock, "NAMED_WITHIN_SECONDS", 60.0)
    late = lambda _seconds: entered.write_text(str(holder[0].pid))  # noqa: E731  between two looks
    monkeypatch.setattr("delivery.world.stack_lock.time.sleep", late)
    refused = pytest.raises(RecoveryError, match=rf"^process {holder[0].pid} is bringing p's dev up")
    with refused, stack_lock.held(tmp_path, stack()):
        pass


def test_a_holder_that_could_not_enter_itself_has_no_name(
    holder: tuple[subprocess.Popen[str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holder[0].poll() is None
    monkeypatch.setattr(stack_lock, "NAMED_WITHIN_SECONDS", 0.1)
    (tmp_path / ".blueocean/p.dev.lock").write_text("")
    with pytest.raises(RecoveryError, match=r"^another process is"), stack_lock.held(tmp_path, stack()):
        pass


@pytest.mark.usefixtures("holder")
def test_another_stack_is_another_matter(tmp_path: Path) -> None:
    with stack_lock.held(tmp_path, stack("staging")):
        pass


def test_a_kill_leaves_no_lock_even_while_its_engine_lives_on(
    holder: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    process, child = holder
    process.kill()
    process.wait(timeout=60)
    os.kill(child, 0)
    with stack_lock.held(tmp_path, stack()):
        assert (tmp_path / ".blueocean/p.dev.lock").read_text() == str(os.getpid())


def test_it_can_be_had_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), stack_lock.held(tmp_path, stack()):
        raise ZeroDivisionError
    with stack_lock.held(tmp_path, stack()):
        pass


def test_a_backend_that_is_not_there_is_named(tmp_path: Path) -> None:
    refused = pytest.raises(RecoveryError, match=rf"in {tmp_path}/gone/\.blueocean: No such file")
    with refused as caught, stack_lock.held(tmp_path / "gone", stack()):
        pass
    assert caught.value.code is Exit.BACKEND_UNREADABLE


def test_another_kind_of_backend_has_the_engines_lock_alone() -> None:
    with stack_lock.held(None, stack()), stack_lock.held(None, stack()):
        pass
