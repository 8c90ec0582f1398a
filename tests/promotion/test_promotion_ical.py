from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models.slot import Slot
from promotion.ical import escaped, folded, ical
from promotion.slots import Calendar

WHOLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//BlueOcean//Staging slots//EN
CALSCALE:GREGORIAN
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:20250330T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20251026T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:nextstep@staging-slots.blueocean
DTSTAMP:20261123T120000Z
DTSTART;TZID=Europe/Paris:20261123T090000
DTEND;TZID=Europe/Paris:20261123T120000
RRULE:FREQ=DAILY
SUMMARY:Shared staging: nextstep
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""
STAMP = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def made(timezone: str = "Europe/Paris", first: date = date(2026, 11, 23)) -> str:
    calendar = Calendar(timezone=timezone, slots={"nextstep": Slot(start="09:00", end="12:00")})
    return ical(calendar, first, STAMP)


def test_the_whole_text() -> None:
    assert made() == WHOLE.replace("\n", "\r\n")


def test_a_zone_without_switches_has_one_rule() -> None:
    text = made("Asia/Tokyo")
    assert text.count("BEGIN:STANDARD") == 1
    assert "TZOFFSETTO:+0900" in text
    assert "DAYLIGHT" not in text


def test_another_hemisphere_and_another_kind_of_sunday() -> None:
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU" in made("America/New_York")
    assert "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU" in made("Australia/Sydney")


def test_a_zone_that_is_no_whole_hours_from_utc() -> None:
    """Lord Howe Island goes from +10:30 to +11:00 at two in the morning, which is 15:30 UTC."""
    assert "DTSTART:20251005T020000\r\nTZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100" in made("Australia/Lord_Howe")


def test_a_switch_on_the_first_day_moves_no_slot_of_the_others() -> None:
    """On 2026-03-29 Paris has no time between two and three; every other day does."""
    slots = {"swallowed": Slot(start="02:00", end="03:00"), "moved": Slot(start="02:30", end="04:00")}
    lines = ical(Calendar(timezone="Europe/Paris", slots=slots), date(2026, 3, 29), STAMP).split("\r\n")
    assert [line.partition(":")[2] for line in lines if "TZID=" in line] == [
        *("20260329T020000", "20260329T030000"),
        *("20260329T023000", "20260329T040000"),
    ]


def test_a_zone_without_a_yearly_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="Africa/Casablanca follows no yearly rule, so"):
        made("Africa/Casablanca")


def test_uids_stay_when_the_day_moves() -> None:
    def uids(text: str) -> list[str]:
        return [line for line in text.split("\r\n") if line.startswith("UID:")]

    assert uids(made()) == uids(made(first=date(2027, 1, 1)))


def test_text_is_escaped() -> None:
    assert escaped("a\\b;c,d\ne:f") == "a\\\\b\\;c\\,d\\ne:f"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_folding_keeps_75_octets_and_every_character(line: str) -> None:
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert folded(line).replace("\r\n ", "") == line
