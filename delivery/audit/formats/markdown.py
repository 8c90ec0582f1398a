"""The report as Markdown, for a pull request or a job's summary."""

import re
from collections.abc import Iterable, Iterator

from delivery.audit.report import Report
from delivery.audit.visible import visible

_SYNTAX = re.compile(r"[\\`|\[\]*~]")


def render(report: Report) -> str:
    """A heading, the summary, and a table for each part that is not empty."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "# Policy audit"
    yield ""
    yield f"{report.at.isoformat(timespec='seconds')}: {_cell(report.summary)}"
    found = [
        (
            one.rule.severity,
            f"[{one.rule.id}]({one.rule.reference})",
            *_cells(one.address, one.message, one.source),
        )
        for one in report.open
    ]
    yield from _table("Violations", ("Severity", "Rule", "Object", "Message", "Source"), found)
    waived = [
        _cells(
            one.rule.id,
            one.address,
            str(one.waiver.expires),
            one.waiver.owner,
            one.waiver.reason,
            one.waiver.ticket,
        )
        for one in report.waived
        if one.waiver
    ]
    yield from _table("Waived", ("Rule", "Object", "Until", "Owner", "Reason", "Ticket"), waived)
    drifted = [_cells(one.stack, one.address, one.what) for one in report.drift]
    yield from _table("Drift between state and cluster", ("Stack", "Object", "What"), drifted)
    yield from _table("Problems", ("What",), [_cells(one) for one in report.problems])
    yield from _table("Not read", ("What",), [_cells(one) for one in report.unread])


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    shown = [f"| {' | '.join(row)} |" for row in rows]
    if shown:
        yield from ("", f"## {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *shown)


def _cells(*texts: str) -> tuple[str, ...]:
    return tuple(map(_cell, texts))


def _cell(text: str) -> str:
    """Text that stays in its cell and is no link, picture or tag: anybody may have written it."""
    plain = visible(text).replace("&", "&amp;").replace("<", "&lt;")
    return _SYNTAX.sub(lambda found: f"\\{found[0]}", plain)
