"""The one table that a benchmark run prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table

Figure = Literal["seconds", "peak_mib", "ratio"]
_TEXTS = {"what", "against", "promised", "kept"}
_UNITS: dict[Figure, str] = {"seconds": " s", "peak_mib": " MiB", "ratio": ""}


@dataclass(frozen=True)
class Limit:
    """What was promised of one figure of a row: at most `bound`, or with `strict` below it."""

    figure: Figure
    bound: float
    strict: bool = False

    def __str__(self) -> str:
        """As people say it."""
        return f"{'below' if self.strict else 'at most'} {self.bound:g}{_UNITS[self.figure]}"


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is against `baseline`, a name from the same run; `limit` is what was promised."""

    what: str
    seconds: float | None = None
    peak_mib: float | None = None
    ratio: float | None = None
    baseline: str = ""
    limit: Limit | None = None

    @property
    def missed(self) -> bool:
        """Whether there is a promise and it is broken, as also by a figure that is not there."""
        if self.limit is None:
            return False
        found: float | None = getattr(self, self.limit.figure)
        if found is None:
            return True
        kept = found < self.limit.bound if self.limit.strict else found <= self.limit.bound
        return not kept  # and so is what is no number


def show(rows: Sequence[Row], runs: int) -> None:
    """Print all rows; medians over `runs` runs."""
    table = Table(title=f"medians over {runs} runs")
    for heading in ("what", "seconds", "peak MiB", "ratio", "against", "promised", "kept"):
        table.add_column(heading, justify="left" if heading in _TEXTS else "right")
    for row in rows:
        table.add_row(
            row.what,
            _number(row.seconds, 2),
            _number(row.peak_mib, 0),
            _number(row.ratio, 2),
            row.baseline,
            str(row.limit or ""),
            _kept(row),
        )
    Console(width=140).print(table)


def missed(rows: Sequence[Row]) -> list[str]:
    """A sentence for every promise that was broken."""
    return [f"{row.what}: promised {row.limit}" for row in rows if row.missed]


def _kept(row: Row) -> str:
    return "" if row.limit is None else "MISSED" if row.missed else "ok"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
