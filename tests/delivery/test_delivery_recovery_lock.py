from datetime import UTC, datetime

import pytest

from delivery.recovery.lock import Holder, judge_lock, parse_lock
from delivery.recovery.process import ProcessFact

# As the engine v3.259.0 writes it.
WRITTEN = b'{"pid":4711,"username":"ada","hostname":"mill","timestamp":"2026-11-23T13:00:00.123456789Z"}'
AT = datetime(2026, 11, 23, 13, tzinfo=UTC).timestamp()
LOCK = parse_lock("locks/x.json", WRITTEN)


def process(name: str = "pulumi", started: float = AT - 2) -> ProcessFact:
    return ProcessFact(pid=4711, parent=1, name=name, started=started)


def test_a_lock_of_the_engine_is_read() -> None:
    assert (LOCK.pid, LOCK.user, LOCK.host) == (4711, "ada", "mill")
    assert str(LOCK) == "lock of ada@mill, pid 4711, since 2026-11-23 13:00:00 UTC"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"pid": "x"}', WRITTEN.replace(b"Z", b"")])
def test_a_lock_that_makes_no_sense_proves_nothing(data: bytes) -> None:
    lock = parse_lock("locks/x.json", data)
    assert lock.pid is None
    assert judge_lock(lock, "mill", None) is Holder.UNKNOWN


def test_the_process_that_wrote_the_lock_is_living() -> None:
    assert judge_lock(LOCK, "mill", process()) is Holder.LIVING


def test_a_process_that_is_gone_is_dead() -> None:
    assert judge_lock(LOCK, "mill", None) is Holder.DEAD


def test_a_process_of_which_nothing_is_seen_is_never_proven_dead() -> None:
    assert judge_lock(LOCK, "mill", None, hidden=True) is Holder.UNKNOWN


def test_a_reused_pid_is_dead() -> None:
    assert judge_lock(LOCK, "mill", process(name="vim")) is Holder.DEAD
    assert judge_lock(LOCK, "mill", process(started=AT + 61)) is Holder.DEAD


def test_a_clock_that_was_set_back_a_little_kills_nobody() -> None:
    assert judge_lock(LOCK, "mill", process(started=AT + 59)) is Holder.LIVING


@pytest.mark.parametrize("holder", [None, process()])
def test_another_hosts_lock_is_never_proven_dead(holder: ProcessFact | None) -> None:
    assert judge_lock(LOCK, "elsewhere", holder) is Holder.UNKNOWN
