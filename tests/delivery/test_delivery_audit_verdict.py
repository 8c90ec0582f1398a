"""When an audit is green, and when it is not."""

import pytest

from delivery.audit.report import Report, Severity
from delivery.audit.verdict import Exit, verdict
from tests.delivery.audit_objects import AT, EMPTY, FULL, SOURCE, WAIVER, entry


def report(*, severity: Severity, waived: bool = False) -> Report:
    return Report(at=AT, sources=(SOURCE,), entries=(entry("x", severity, WAIVER if waived else None),))


def test_green_needs_a_source() -> None:
    assert verdict(EMPTY, "low") == Exit.GREEN
    assert verdict(Report(at=AT, sources=()), "low") == Exit.UNREAD


def test_what_was_not_read_outweighs_everything() -> None:
    assert verdict(FULL, "critical") == Exit.UNREAD


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        ("critical", "critical", Exit.VIOLATIONS),
        ("high", "critical", Exit.GREEN),
        ("high", "high", Exit.VIOLATIONS),
        ("low", "medium", Exit.GREEN),
        ("low", "low", Exit.VIOLATIONS),
    ],
)
def test_a_violation_counts_from_the_given_severity_on(
    severity: Severity, fail_on: Severity, code: Exit
) -> None:
    assert verdict(report(severity=severity), fail_on) == code


def test_a_waived_violation_does_not_count() -> None:
    assert verdict(report(severity="critical", waived=True), "low") == Exit.GREEN


def test_a_problem_with_levels_or_waivers_counts() -> None:
    assert verdict(Report(at=AT, sources=(SOURCE,), problems=("x",)), "critical") == Exit.VIOLATIONS
