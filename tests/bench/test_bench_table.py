"""A promise is compared with what was measured, and a broken one ends the run; nothing is measured here."""

from contextlib import nullcontext

import pytest

from bench import __main__ as program
from bench.table import Limit, Row, missed, show

RATIO = Limit("ratio", 1.25)
MEMORY = Limit("peak_mib", 1536, strict=True)
GOOD = Row("good", seconds=9, ratio=1.25, limit=RATIO)
BAD = Row("bad", seconds=1, ratio=1.26, limit=RATIO)


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (GOOD, False),
        (BAD, True),
        (Row("below", peak_mib=1535.9, limit=MEMORY), False),
        (Row("not below", peak_mib=1536, limit=MEMORY), True),
        (Row("of another figure", peak_mib=9999, ratio=1, limit=RATIO), False),
        (Row("nothing measured", seconds=1, limit=RATIO), True),
        (Row("no number", ratio=float("nan"), limit=RATIO), True),
        (Row("no number either", peak_mib=float("nan"), limit=MEMORY), True),
        (Row("nothing promised", seconds=1e9), False),
    ],
)
def test_a_promise_is_kept_or_missed(row: Row, broken: bool) -> None:  # noqa: FBT001 - a column of the table
    assert row.missed is broken


def test_what_is_missed_is_named() -> None:
    assert missed([GOOD, BAD]) == ["bad: promised at most 1.25"]
    assert str(MEMORY) == "below 1536 MiB"


def test_the_table_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    show([GOOD, BAD, Row("free", seconds=1)], 3)
    lines = capsys.readouterr().out.splitlines()
    kept = {line.split("│")[1].strip(): line.split("│")[-2].strip() for line in lines if "│" in line}
    assert kept == {"good": "ok", "bad": "MISSED", "free": ""}


def test_the_program_ends_with_what_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*rows: Row) -> None:
        monkeypatch.setattr(program, "PARTS", {"part": lambda _place, _runs: rows})
        program.main([])

    monkeypatch.setattr("signal.signal", lambda *_: None)  # it is this process's

    class Place:
        @staticmethod
        def say(_text: str) -> None:
            return

    monkeypatch.setattr(program, "world", lambda: nullcontext(Place()))
    run(GOOD)
    with pytest.raises(SystemExit, match=r"bad: promised at most 1\.25") as caught:
        run(GOOD, BAD)
    assert isinstance(caught.value.code, str)  # the interpreter shows it and ends with 1


@pytest.mark.parametrize("runs", ["0", "-1", "few", "1.5"])
def test_a_median_needs_a_run(
    runs: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "world", lambda: pytest.fail("a sandbox was started"))
    with pytest.raises(SystemExit) as caught:
        program.main([f"--runs={runs}"])
    assert caught.value.code == 2
    assert f"argument --runs: {runs!r} is no number of runs; give 1 or more" in capsys.readouterr().err


def test_a_part_is_measured_once_however_often_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(_place: object, _runs: int) -> list[Row]:
        asked.append("scale")
        return []

    asked: list[str] = []
    monkeypatch.setattr("signal.signal", lambda *_: None)  # it is this process's
    monkeypatch.setitem(program.PARTS, "scale", rows)
    monkeypatch.setattr(program, "world", lambda: nullcontext(None))
    program.main(["--only", "scale", "--only", "scale"])
    assert asked == ["scale"]
    assert "measuring scale" in capsys.readouterr().err


def test_the_codes_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "1 one is missed" in text
