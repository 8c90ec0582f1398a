"""The cost of everything as a report, and the report as a table, JSON or Markdown. Pure."""

import json
from collections.abc import Sequence
from decimal import Decimal

from catalogue.models.base import Model
from catalogue.models.prices import Prices
from delivery.costing.claims import Claim
from delivery.costing.lines import Bill, Line

_CENT = Decimal("0.01")
_POINT = Decimal("0.1")
_HEAD = ("app", "environment", "least", "most")
_CLAIM_HEAD = (("claim", "outcome", "saving", "assumption"), ("---", "---", "---:", "---"))
_CHANGE = ("change of least", "change of most")


class Report(Model):
    """A bill, the claims, and with `before` the bill that it is compared with."""

    bill: Bill
    claims: tuple[Claim, ...]
    prices: Prices
    remarks: tuple[str, ...] = ()
    """What was assumed about what all share."""
    before: Bill | None = None
    reference: str = ""
    """The git reference of `before`."""


def as_table(report: Report) -> str:
    """Columns for people; amounts in dollars a month."""
    rows = [_names(report), *_rows(report)]
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(_placed(text, at, wide[at]) for at, text in enumerate(row)).rstrip() for row in rows]
    return "\n".join([*table, "", *_notes(report), *_claim_lines(report)])


def as_markdown(report: Report) -> str:
    """The same as Markdown tables, for a pull request."""
    rows = _rows(report)
    bar = ["---" if at < 2 else "---:" for at in range(len(rows[0]))]  # noqa: PLR2004 - two columns are text
    table = [_piped(row) for row in (_names(report), bar, *rows)]
    claimed = [_piped(row) for row in _CLAIM_HEAD]
    claimed += [
        _piped((one.name, one.outcome, f"{_point(each.saving)} %", each.assumption))
        for one in report.claims
        for each in one.scenarios
    ]
    return "\n".join([*table, "", *(f"- {note}" for note in _notes(report)), "", *claimed])


def as_json(report: Report) -> str:
    """The same for machines; amounts are texts with two decimals, so that nothing is rounded twice."""
    content = {
        "currency": "USD",
        "per": "month",
        "prices_as_of": report.prices.as_of.isoformat(),
        "compared_with": report.reference or None,
        "lines": [dict(zip(_names(report), row, strict=True)) for row in _rows(report)],
        "nodes": report.bill.nodes,
        "assumptions": _notes(report),
        "prices": report.prices.model_dump(mode="json"),
        "claims": [
            {
                "name": one.name,
                "claimed": str(one.claimed),
                "outcome": one.outcome,
                "scenarios": [
                    {"assumption": each.assumption, "stated": each.stated, "saving": _point(each.saving)}
                    for each in one.scenarios
                ],
            }
            for one in report.claims
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _names(report: Report) -> tuple[str, ...]:
    return (*_HEAD, *_CHANGE) if report.before else _HEAD


def _rows(report: Report) -> list[tuple[str, ...]]:
    now, before = _by_place(report.bill), _by_place(report.before)
    places = list(dict.fromkeys((*now, *before)))
    rows = [_row(report, place, now.get(place), before.get(place)) for place in places]
    total = Line(app="total", environment="", least=report.bill.least, most=report.bill.most)
    old = report.before
    last = Line(app="total", environment="", least=old.least, most=old.most) if old else None
    return [*rows, _row(report, ("total", ""), total, last)]


def _row(report: Report, place: tuple[str, str], now: Line | None, before: Line | None) -> tuple[str, ...]:
    nothing = Line(app=place[0], environment=place[1], least=Decimal(0), most=Decimal(0))
    line, old = now or nothing, before or nothing
    row = (*place, _cents(line.least), _cents(line.most))
    if report.before is None:
        return row
    return (*row, _signed(line.least - old.least), _signed(line.most - old.most))


def _by_place(bill: Bill | None) -> dict[tuple[str, str], Line]:
    return {(one.app, one.environment): one for one in bill.lines} if bill else {}


def _notes(report: Report) -> list[str]:
    prices = report.prices
    whole = _cents(report.bill.nodes * prices.node.usd)
    notes = [
        f"US dollars a month, list prices as of {prices.as_of}; least and most: the autoscaler's bounds.",
        f"Each pod pays the larger of its shares of a node's CPU and memory. {_node(prices)}",
        f"Nodes come whole: the fewest pods fill {report.bill.nodes} or more, {whole} in all.",
        "The shared staging's room is paid around the clock; an app's share of it is that of its slot.",
        *report.remarks,
        "Not in here: Jobs, which run for minutes (builds, tenants, dumps), traffic and snapshots.",
    ]
    if report.before:
        notes.append(
            f"Compared with the catalogue at {report.reference}, both at today's prices and settings."
        )
    return notes


def _node(prices: Prices) -> str:
    return f"{prices.node.title}: {_cents(prices.node.usd)}."


def _claim_lines(report: Report) -> list[str]:
    lines = []
    for one in report.claims:
        lines += ["", f"{one.name}: {one.outcome}"]
        lines += [
            f"  {_point(each.saving):>5} %  {each.assumption}{' (it decides)' if each.stated else ''}"
            for each in one.scenarios
        ]
    return lines


def _placed(text: str, column: int, wide: int) -> str:
    return f"{text:{wide}}" if column < 2 else f"{text:>{wide}}"  # noqa: PLR2004 - two columns are text


def _piped(row: Sequence[str]) -> str:
    return f"| {' | '.join(one.replace('|', chr(92) + '|') for one in row)} |"


def _cents(amount: Decimal) -> str:
    return str(amount.quantize(_CENT))


def _signed(amount: Decimal) -> str:
    return f"{amount.quantize(_CENT):+}" if amount.quantize(_CENT) else "0.00"


def _point(saving: Decimal) -> str:
    return str(saving.quantize(_POINT))
