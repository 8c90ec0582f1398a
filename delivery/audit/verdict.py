"""How an audit ends; `blueocean audit --help` repeats these."""

from enum import IntEnum

from delivery.audit.report import SEVERITIES, Report, Severity


class Exit(IntEnum):
    """Exit codes: green only when everything was read and nothing that counts was found."""

    GREEN = 0
    VIOLATIONS = 1
    USAGE = 2
    UNREAD = 3
    STACK_UNKNOWN = 4
    RULES_UNUSABLE = 5
    INTERRUPTED = 130


class AuditError(Exception):
    """One sentence that names the trouble and its cure, with the exit code to end with."""

    def __init__(self, sentence: str, code: Exit = Exit.UNREAD) -> None:
        super().__init__(sentence)
        self.code = code


def verdict(report: Report, fail_on: Severity) -> Exit:
    """The exit code: an unread source outweighs all, for then nobody knows what else there is.

    A problem with levels or waivers counts like a violation of any severity.
    """
    if report.unread or not report.sources:
        return Exit.UNREAD
    counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    bad = any(entry.rule.severity in counted for entry in report.open)
    return Exit.VIOLATIONS if bad or report.problems else Exit.GREEN
