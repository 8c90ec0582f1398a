import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import identity


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, identity.MARKER: f"{tmp_path}#etcd"}
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=environment
    ) as process:
        yield process
        process.kill()


def test_a_running_process_is_recognised_after_a_round_trip(
    child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    record = identity.record_of(child.pid, "f")
    assert record
    identity.write(tmp_path / "etcd.json", record)
    found = identity.read(tmp_path / "etcd.json")
    assert found == record
    assert identity.alive(record)


def test_another_process_under_the_same_pid_is_not_ours(child: subprocess.Popen[bytes]) -> None:
    record = identity.record_of(child.pid, "f")
    assert record
    assert not identity.alive(record.model_copy(update={"ticks": record.ticks - 1}))
    assert not identity.alive(record.model_copy(update={"boot": "an earlier one"}))


def test_a_killed_process_is_dead_even_before_it_is_reaped(child: subprocess.Popen[bytes]) -> None:
    record = identity.record_of(child.pid, "f")
    assert record
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not identity.alive(record)


def test_a_process_without_record_is_found_by_its_mark(
    child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert child.stdin
    pids = [process.pid for process in identity.strays(tmp_path)]
    assert pids == [child.pid]
    assert [process.pid for process in identity.strays(tmp_path, "etcd")] == [child.pid]
    assert identity.strays(tmp_path, "valkey") == []
    assert identity.strays(tmp_path / "other") == []


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1}', "[]"])
def test_a_record_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "etcd.json"
    path.write_text(text)
    assert identity.read(path) is None
