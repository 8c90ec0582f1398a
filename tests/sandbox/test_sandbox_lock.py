import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.errors import Exit, SandboxError
from sandbox.lock import exclusive


def silent(_text: str) -> None:
    pass


def test_a_second_holder_waits_and_says_for_whom(tmp_path: Path) -> None:
    said: list[str] = []
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with exclusive(tmp_path / "lock", said.append):
            order.append("second")

    waiter = threading.Thread(target=second)
    waiter.start()
    with exclusive(tmp_path / "lock", silent):
        inside.set()
        while not said:
            waiter.join(0.01)
        order.append("first")
    waiter.join()
    assert order == ["first", "second"]
    assert f"waiting for process {os.getpid()}" in said[0]


def test_a_holder_that_enters_itself_a_moment_later_is_named_and_not_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    said: list[str] = []
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    os.write(handle, b"before")
    fcntl.flock(handle, fcntl.LOCK_EX)

    def meanwhile(_seconds: float) -> None:
        """What the holder does while the other one waits for its next try."""
        path.write_text("after")
        if said:
            os.close(handle)

    monkeypatch.setattr("sandbox.lock.time.sleep", meanwhile)
    with exclusive(path, said.append, limit=60):
        pass
    assert said == [f"waiting for process after, which holds {path}"]


def test_a_holder_that_does_not_finish_is_named(tmp_path: Path) -> None:
    second = exclusive(tmp_path / "lock", silent, limit=0)
    with exclusive(tmp_path / "lock", silent), pytest.raises(SandboxError) as caught, second:
        pytest.fail("two holders")
    assert caught.value.code is Exit.BUSY
    assert str(os.getpid()) in str(caught.value)


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from sandbox.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), print): os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "lock")], check=False)
    assert done.returncode == -9
    with exclusive(tmp_path / "lock", pytest.fail, limit=0):
        pass


def test_a_waiter_takes_the_new_file_when_the_folder_was_wiped(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with exclusive(path, silent):
        path.unlink()
        with exclusive(path, silent, limit=0):
            assert path.read_text() == str(os.getpid())
