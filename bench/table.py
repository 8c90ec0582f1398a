"""The one table that a benchmark run prints."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is against `baseline`, a name from the same run; `limit` is what was promised."""

    what: str
    seconds: float | None = None
    peak_mib: float | None = None
    ratio: float | None = None
    baseline: str = ""
    limit: str = ""


def show(rows: Sequence[Row], runs: int) -> None:
    """Print all rows; medians over `runs` runs."""
    table = Table(title=f"medians over {runs} runs")
    for heading in ("what", "seconds", "peak MiB", "ratio", "against", "promised"):
        table.add_column(heading, justify="left" if heading in {"what", "against", "promised"} else "right")
    for row in rows:
        table.add_row(
            row.what,
            _number(row.seconds, 2),
            _number(row.peak_mib, 0),
            _number(row.ratio, 2),
            row.baseline,
            row.limit,
        )
    Console(width=140).print(table)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
