"""Slots against an oracle that counts minutes."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from catalogue.models.slot import Slot

MINUTES = st.integers(0, 24 * 60 - 1)


def slot(start: int, end: int) -> Slot:
    return Slot.model_validate({"start": clock(start), "end": clock(end)})


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(MINUTES, MINUTES, MINUTES, MINUTES)
def test_slots_overlap_when_they_share_a_minute(a: int, b: int, c: int, d: int) -> None:
    one, other = sorted((a, b)), sorted((c, d))
    shared = set(range(*one)) & set(range(*other))
    if one[0] < one[1] and other[0] < other[1]:
        assert slot(*one).overlaps(slot(*other)) == bool(shared)
        assert slot(*other).overlaps(slot(*one)) == bool(shared)


@given(MINUTES)
def test_a_clock_reads_back(minute: int) -> None:
    assert slot(minute, minute).start == time(minute // 60, minute % 60)


def test_slots_that_touch_do_not_overlap() -> None:
    assert not slot(540, 720).overlaps(slot(720, 900))
    assert str(slot(540, 720)) == "09:00-12:00"
