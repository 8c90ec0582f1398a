import os
import time as clock
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.load import load
from catalogue.models.slot import Slot
from promotion.slots import Calendar, calendar_of, fits, next_turn, owner_at, turns_of, week

PARIS = ZoneInfo("Europe/Paris")
SLOTS = {"nextstep": (9, 12), "nextgen": (12, 15), "kreach": (15, 18), "kvibe": (18, 21)}
CALENDAR = Calendar(
    timezone="Europe/Paris",
    slots={app: Slot(start=f"{a:02}:00", end=f"{b:02}:00") for app, (a, b) in SLOTS.items()},
)
# Both switch days of three years, and a plain day of each season, with the hours from UTC in the slots.
DAYS = [
    (date(2025, 3, 30), 2),
    (date(2025, 10, 26), 1),
    (date(2026, 3, 29), 2),
    (date(2026, 10, 25), 1),
    (date(2027, 3, 28), 2),
    (date(2027, 10, 31), 1),
    (date(2026, 1, 15), 1),
    (date(2026, 7, 15), 2),
]
SECOND = timedelta(seconds=1)


def owner(instant: datetime) -> str | None:
    turn = owner_at(CALENDAR, instant)
    return turn.app if turn else None


def moment(day: date, offset: int, hour: int) -> datetime:
    return datetime.combine(day, time(hour), timezone(timedelta(hours=offset)))


def test_calendar_of_the_catalogue_is_that_of_the_spec() -> None:
    catalogue = load()
    assert calendar_of(catalogue.platform.timezone, catalogue.apps) == CALENDAR
    assert list(calendar_of(catalogue.platform.timezone, reversed(catalogue.apps)).slots) == list(SLOTS)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("hour", "before", "after"),
    [
        (9, None, "nextstep"),
        (12, "nextstep", "nextgen"),
        (15, "nextgen", "kreach"),
        (18, "kreach", "kvibe"),
        (21, "kvibe", None),
    ],
)
@pytest.mark.parametrize("asked_in", ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Paris"])
def test_boundaries_are_half_open(
    day: tuple[date, int], hour: int, before: str | None, after: str | None, asked_in: str
) -> None:
    edge = moment(*day, hour).astimezone(ZoneInfo(asked_in))
    assert owner(edge.astimezone(UTC) - SECOND) == before
    assert owner(edge) == after
    assert owner(edge.astimezone(UTC) + SECOND) == after


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_callers_time_zone_plays_no_role(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ.get("TZ")
    try:
        monkeypatch.setenv("TZ", zone)
        clock.tzset()
        assert owner(datetime(2026, 7, 15, 6, 59, 59, tzinfo=UTC)) is None
        assert owner(datetime(2026, 7, 15, 7, 0, tzinfo=UTC).astimezone()) == "nextstep"
        assert next_turn(CALENDAR, "kvibe", datetime(2026, 7, 15, 7, tzinfo=UTC)).start.hour == 18
    finally:
        monkeypatch.undo()
        assert os.environ.get("TZ") == before
        clock.tzset()


@pytest.mark.parametrize("day", [day for day, _ in DAYS])
def test_night_has_no_owner_even_when_an_hour_is_skipped_or_repeated(day: date) -> None:
    midnight = datetime.combine(day, time(0), PARIS).astimezone(UTC)
    assert {owner(midnight + timedelta(minutes=one)) for one in range(7 * 60)} == {None}


def test_a_naive_moment_is_refused() -> None:
    naive = datetime(2026, 7, 15, 9, 0)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="has no time zone; add one, like 2026-07-15T09:00:00"):
        owner_at(CALENDAR, naive)
    with pytest.raises(ValueError, match="has no time zone"):
        next_turn(CALENDAR, "kvibe", naive)
    with pytest.raises(ValueError, match="has no time zone"):
        fits(CALENDAR, "kvibe", naive, SECOND)


def test_an_unknown_app_is_refused_with_those_that_have_a_slot() -> None:
    with pytest.raises(
        ValueError, match="kvib has no slot on staging; apps with one: nextstep, nextgen, kreach, kvibe"
    ):
        next_turn(CALENDAR, "kvib", datetime(2026, 7, 15, tzinfo=UTC))


def test_next_turn_is_later_even_at_the_start_of_one() -> None:
    start = datetime(2026, 3, 28, 9, 0, tzinfo=PARIS)
    assert next_turn(CALENDAR, "nextstep", start - SECOND).start == start
    following = next_turn(CALENDAR, "nextstep", start).start  # 23 hours later: clocks went forward
    assert following.astimezone(UTC) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_a_week_has_four_turns_a_day_in_order() -> None:
    turns = week(CALENDAR, date(2026, 3, 26))
    assert [turn.app for turn in turns] == list(SLOTS) * 7
    assert all(turn.length == timedelta(hours=3) for turn in turns)
    starts = [turn.start.astimezone(UTC) for turn in turns]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("app", "at", "minutes", "code", "following"),
    [
        ("nextstep", "09:00", 180, "accepted", None),
        ("nextstep", "09:01", 180, "slot-ends-too-soon", datetime(2026, 7, 16, 9, 0, tzinfo=PARIS)),
        ("nextstep", "11:59", 1, "accepted", None),
        ("nextstep", "12:00", 1, "slot-not-owner", datetime(2026, 7, 16, 9, 0, tzinfo=PARIS)),
        ("kvibe", "09:00", 30, "slot-not-owner", datetime(2026, 7, 15, 18, 0, tzinfo=PARIS)),
        ("kvibe", "23:00", 30, "slot-not-owner", datetime(2026, 7, 16, 18, 0, tzinfo=PARIS)),
        ("kvibe", "18:00", 181, "slot-too-short", None),
    ],
)
def test_fits(app: str, at: str, minutes: int, code: str, following: datetime | None) -> None:
    now = datetime.combine(date(2026, 7, 15), time.fromisoformat(at), PARIS)
    verdict = fits(CALENDAR, app, now, timedelta(minutes=minutes))
    assert (verdict.code, verdict.ok) == (code, code == "accepted")
    assert verdict.next_possible == following
    if following:
        assert f"{following:%Y-%m-%d %H:%M} CEST" in verdict.reason


@pytest.mark.parametrize("duration", [timedelta(0), -SECOND])
def test_work_takes_time(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="give one above zero"):
        fits(CALENDAR, "kvibe", datetime(2026, 7, 15, 18, tzinfo=PARIS), duration)


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(INSTANTS)
def test_owner_agrees_with_the_wall_clock(instant: datetime) -> None:
    hour = instant.astimezone(PARIS).hour
    expected = next((app for app, (start, end) in SLOTS.items() if start <= hour < end), None)
    assert owner(instant) == expected


@given(INSTANTS, st.sampled_from(sorted(SLOTS)), st.integers(1, 200))
def test_a_refusal_comes_true_at_its_next_moment(instant: datetime, app: str, minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    verdict = fits(CALENDAR, app, instant, duration)
    if verdict.ok:
        end = instant + duration
        turn = owner_at(CALENDAR, instant)
        assert turn is not None
        assert turn.app == app
        assert end <= turn.end
    elif verdict.next_possible is None:
        assert minutes > 180
    else:
        assert verdict.next_possible > instant
        assert fits(CALENDAR, app, verdict.next_possible, duration).ok


@given(INSTANTS)
def test_turns_never_overlap(instant: datetime) -> None:
    turns = turns_of(CALENDAR, instant.date())
    assert all(one.end <= other.start for one, other in pairwise(turns))


def test_a_turn_swallowed_by_the_spring_switch_is_left_out() -> None:
    calendar = Calendar(timezone="Europe/Paris", slots={"odd": Slot(start="02:30", end="03:15")})
    assert turns_of(calendar, date(2026, 3, 29)) == ()
    assert turns_of(calendar, date(2026, 3, 30))[0].length == timedelta(minutes=45)


def test_a_repeated_hour_counts_once() -> None:
    calendar = Calendar(timezone="Europe/Paris", slots={"odd": Slot(start="02:15", end="02:45")})
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert owner_at(calendar, first) is not None
    assert owner_at(calendar, first + timedelta(hours=1)) is None
