"""Which processes are left alone."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import identity, supervisor
from sandbox.layout import Layout
from sandbox.processes.spec import ProcessSpec
from sandbox.supervisor import Supervisor

COMMAND = ("sleep", "60")


@pytest.fixture
def running() -> Iterator[int]:
    with subprocess.Popen(COMMAND) as process:
        yield process.pid
        process.kill()


def test_a_process_is_not_given_up_at_one_look_however_late_it_is(
    running: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a machine that stood still for longer than anybody's patience."""
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.0)
    layout = Layout(tmp_path / "sandbox")
    layout.create()
    answers = ["no answer", "no answer", None]
    spec = ProcessSpec("slow", 0, COMMAND, lambda: answers.pop(0))
    record = identity.record_of(running, spec.fingerprint)
    assert record
    identity.write(layout.run / "slow.json", record)
    assert Supervisor(layout, pytest.fail).bring_up([spec]) == []
    assert answers == []
