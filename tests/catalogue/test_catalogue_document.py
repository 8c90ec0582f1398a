"""YAML as text and lines: what each scalar is, and where each key stands."""

from itertools import pairwise

import pytest

from catalogue.document import dotted, parse

BOMB = "a: &a [1]\n" + "".join(
    f"{one}: &{one} [{', '.join(9 * [f'*{before}'])}]\n" for before, one in pairwise("abcdefghijklm")
)
CURE = "check quotes, colons and indents"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("09:00", "09:00"),
        ("12:00", "12:00"),  # 720 in YAML 1.1
        ("no", "no"),  # false in YAML 1.1
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),  # a date in YAML 1.1
        ("0777", "0777"),  # 511 in YAML 1.1
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        (".inf", ".inf"),
        ("1.5", 1.5),
        ("7001", 7001),
        ("-3", -3),
        ("true", True),
        ("True", "True"),
        ("null", None),
        ("~", None),
        ("", None),
        ('"7001"', "7001"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  true\n", "true\n"),
        ("[a, 1, yes]", ["a", 1, "yes"]),
        ("{b: 1}", {"b": 1}),
        ("{1: x}", {"1": "x"}),
        ("<<", "<<"),
    ],
)
def test_a_scalar_is_what_it_looks_like(written: str, read: object) -> None:
    document = parse("f.yaml", f"key: {written}")
    assert document.problems == []
    assert document.data == {"key": read}
    assert type(document.at(("key",))) is type(read)


def test_every_key_knows_its_line() -> None:
    document = parse("f.yaml", "# comment\na:\n  - x\n  - b: 1\n    c: 2\nd: {e: 3}\n")
    assert document.line(("a",)) == 2
    assert document.line(("a", 0)) == 3
    assert document.line(("a", 1, "c")) == 5
    assert document.line(("d", "e")) == 6
    assert document.line(("d", "e", "missing", "below")) == 6
    assert document.line(("nothing",)) == 2


def test_an_anchor_may_be_used_again() -> None:
    document = parse("f.yaml", "a: &one {b: 1}\nc: *one\n")
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.problems == []


def test_what_is_just_deep_and_long_enough_is_read() -> None:
    document = parse("f.yaml", f"a: &x {40 * '['}{40 * ']'}\nb: {9 * '['}*x{9 * ']'}\nc: {100 * '1'}")
    assert document.problems == []
    assert document.at(("c",)) == int(100 * "1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [*x]", "f.yaml:1: a[0] refers to itself; write the value out"),
        ("a: {b: 1, b: 1}", "f.yaml:1: a.b is given twice; keep one of the two"),
        ("a: 1\n'a': 2", "f.yaml:2: a is given twice; keep one of the two"),
        ("[a]: 1\nb: 2", "f.yaml:1: holds a key that is no text; write a plain word before the colon"),
        ("a: !x 1", "f.yaml:1: a carries a YAML tag; remove the tag, plain values are enough"),
        ("a: !!binary aGk=", "f.yaml:1: a carries a YAML tag; remove the tag, plain values are enough"),
        ("a: 'b\n", f"f.yaml:2: is no valid YAML: found unexpected end of stream (column 1); {CURE}"),
        (
            f"a: {50 * '['}",
            f"f.yaml:1: is no valid YAML: it is nested more than 50 deep (column 53); {CURE}",
        ),
        (
            f"a: &x {40 * '['}{40 * ']'}\nb: {10 * '['}*x{10 * ']'}",
            f"f.yaml:1: is no valid YAML: it is nested more than 50 deep (column 46); {CURE}",
        ),
        (
            f"a: {9 * 'b'}\nc: -{100 * '1'}",
            f"f.yaml:2: is no valid YAML: a number has more than 100 digits (column 4); {CURE}",
        ),
        (
            BOMB,
            f"f.yaml:1: is no valid YAML: it says more than 10000 things (column 4); {CURE}",
        ),
        ("a: *x\n", f"f.yaml:1: is no valid YAML: found undefined alias (column 4); {CURE}"),
    ],
)
def test_refused(text: str, says: str) -> None:
    assert [str(problem) for problem in parse("f.yaml", text).problems] == [says]


def test_keys_are_written_as_people_write_them() -> None:
    assert dotted(("testing", "phases", 2, "checks", 0)) == "testing.phases[2].checks[0]"
    assert dotted(()) == ""
