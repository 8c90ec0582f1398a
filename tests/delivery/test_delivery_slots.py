import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalogue import load as catalogue_load
from delivery.cli import build

ENVIRONMENTS = [{}, {"TZ": "Asia/Tokyo"}, {"TZ": "America/New_York"}]


def slots(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(build(), ["slots", *arguments], env=env)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_who_owns_staging_at_a_moment(env: dict[str, str]) -> None:
    found = slots("--at", "2026-03-29T06:59:59Z", env=env)
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "Sun 2026-03-29 08:59:59 CEST: nobody owns the shared staging",
        "next slots:",
        "  nextstep  Sun 2026-03-29 09:00-12:00 CEST  in 0 h 01 min",
        "  nextgen   Sun 2026-03-29 12:00-15:00 CEST  in 3 h 01 min",
        "  kreach    Sun 2026-03-29 15:00-18:00 CEST  in 6 h 01 min",
        "  kvibe     Sun 2026-03-29 18:00-21:00 CEST  in 9 h 01 min",
    ]


def test_one_second_later_it_has_an_owner() -> None:
    first = slots("--at", "2026-03-29T07:00:00Z").stdout.splitlines()[0]
    assert first == "Sun 2026-03-29 09:00:00 CEST: nextstep owns the shared staging until 12:00"


def test_without_a_moment_it_is_now() -> None:
    found = slots()
    assert found.exit_code == 0
    assert "next slots:" in found.stdout


def test_a_week_over_the_spring_switch() -> None:
    lines = slots("--week", "--at", "2026-03-28T23:30:00+01:00").stdout.splitlines()
    assert len(lines) == 8
    assert lines[1].split() == [
        *("Sat", "2026-03-28", "CET"),
        *("09:00-12:00", "nextstep", "12:00-15:00", "nextgen"),
        *("15:00-18:00", "kreach", "18:00-21:00", "kvibe"),
    ]
    assert lines[2].startswith("Sun 2026-03-29 CEST  09:00-12:00 nextstep")
    assert lines[7].startswith("Fri 2026-04-03")


def test_a_calendar_file() -> None:
    found = slots("--ical", "--at", "2026-11-23T12:00:00Z")
    assert found.exit_code == 0
    text = found.stdout_bytes.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.count("RRULE:FREQ=DAILY") == 4
    assert "DTSTART;TZID=Europe/Paris:20261123T180000\r\n" in text


def test_a_zone_that_icalendar_cannot_describe_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(catalogue_load.CHECKOUT / "catalogue", tmp_path / "catalogue")
    file = tmp_path / "catalogue" / "platform.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Europe/Paris", "Africa/Casablanca"))
    monkeypatch.setattr(catalogue_load, "CHECKOUT", tmp_path)
    assert slots("--week").exit_code == 0
    found = slots("--ical")
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr == (
        "slots: Africa/Casablanca follows no yearly rule, so iCalendar can't describe its clock switches; "
        "show the slots with --week.\n"
    )


@pytest.mark.parametrize("form", [(), ("--week",), ("--ical",)], ids=["now", "week", "ical"])
@pytest.mark.parametrize("moment", ["2000-01-01T00:00+14:00", "2099-12-31T23:59:59-12:00"])
def test_the_first_and_the_last_moment_are_shown_in_every_form(moment: str, form: tuple[str, ...]) -> None:
    assert slots("--at", moment, *form).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "2026-11-23T09:00"], "has no time zone; append one, like +01:00 or Z."),
        (["--at", "tomorrow"], "'tomorrow' is no moment; write it like 2026-11-23T09:00+01:00."),
        (["--at", "2026-02-30T09:00Z"], "is no moment"),
        (["--at", ""], "is no moment"),
        (["--at", "9999-12-31T23:30Z"], "is too far away; name a year from 2000 to 2099."),
        (["--ical", "--at", "0001-01-01T00:00+02:00"], "is too far away"),
        (["--week", "--ical"], "--week and --ical exclude each other; give one."),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], says: str) -> None:
    found = slots(*arguments)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.startswith("slots: ")
    assert says in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["slots", "map", "cost"])
def test_a_broken_catalogue_ends_every_such_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_load, "CHECKOUT", tmp_path)
    found = CliRunner().invoke(build(), [command])
    assert found.exit_code == 1
    assert "catalogue/platform.yaml: cannot be read" in found.stderr
    assert "Traceback" not in found.stderr
