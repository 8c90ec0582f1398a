"""The report for a terminal."""

from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from delivery.audit.report import Report
from delivery.audit.visible import visible

WIDTH = 160


def render(report: Report) -> str:
    """Violations, waived ones, drift, and what could not be read; the summary comes last."""
    console = Console(file=StringIO(), width=WIDTH, color_system=None)
    for title, entries in (("Violations", report.open), ("Waived", report.waived)):
        if entries:
            table = Table("severity", "rule", "object", "message", "source", "owner", title=title)
            for one in entries:
                said = one.message if one.waiver is None else f"{one.message} (until {one.waiver.expires})"
                cells = (one.rule.severity, one.rule.id, one.address, said, one.source, one.owner)
                table.add_row(*(Text(visible(cell)) for cell in cells))
            console.print(table)
    if report.drift:
        table = Table("stack", "object", "what", title="Drift between state and cluster")
        for gone in report.drift:
            table.add_row(*(Text(visible(cell)) for cell in (gone.stack, gone.address, gone.what)))
        console.print(table)
    for problem in report.problems:
        console.print(Text(visible(f"problem: {problem}")))
    for source in report.unread:
        console.print(Text(visible(f"not read: {source}")))
    console.print(Text(visible(report.summary)))
    output = console.file
    return output.getvalue() if isinstance(output, StringIO) else ""
