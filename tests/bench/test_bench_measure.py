"""A figure is the command's own, not that of whoever watches it; nothing is timed here."""

import os
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from bench import measure

LATE = 1000.0


def test_the_time_ends_with_the_command_not_with_a_reading_of_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading that goes on when the command ends is held up until the clock was read."""
    read, reading, late = Event(), Event(), Event()
    clock = iter((0.0, 1.0))

    def now() -> float:
        value = next(clock)
        if value:
            read.set()
        return LATE if late.is_set() else value

    def slow(_pid: int, _lender: int | None = None) -> float:
        reading.set()
        (tmp_path / "go").touch()  # only now may the command end
        if not read.wait(2):
            late.set()
        return 7.0

    monkeypatch.setattr(measure, "time", SimpleNamespace(perf_counter=now))
    monkeypatch.setattr(measure, "tree_mib", slow)
    waits = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)"
    found = measure.once([sys.executable, "-c", waits], tmp_path, dict(os.environ), limit=60)
    assert reading.is_set()
    assert found == measure.Sample(1.0, 7.0)
