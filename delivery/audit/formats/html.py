"""The report as one HTML file: no outside requests, filters that work by keyboard, readable on a phone.

Everything shown comes from objects that anybody may have written, so every value is escaped, and the
page's own policy allows no request at all.
"""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from delivery.audit.report import SEVERITIES, Entry, Report

PARTS = Path(__file__).with_name("html_parts")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def render(report: Report) -> str:
    """The whole page."""
    style = (PARTS / "audit.css").read_text(encoding="utf-8")
    script = (PARTS / "audit.js").read_text(encoding="utf-8")
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<link rel="icon" href="data:,"><title>Policy audit</title><style>{style}</style></head><body>',
            f"<header><h1>Policy audit</h1><p>{escape(report.at.isoformat(timespec='seconds'))}</p>",
            f"<p>{escape(report.summary)}</p></header><main>",
            *_warnings(report),
            *_filters(report.entries),
            *_violations(report.entries),
            *_drift(report),
            f"</main><script>{script}</script></body></html>\n",
        ]
    )


def _warnings(report: Report) -> Iterator[str]:
    for title, texts in (("Not read", report.unread), ("Problems", report.problems)):
        if texts:
            items = "".join(f"<li>{escape(text)}</li>" for text in texts)
            yield f'<section class="alarm" role="alert"><h2>{title}</h2><ul>{items}</ul></section>'


def _filters(entries: Iterable[Entry]) -> Iterator[str]:
    found = list(entries)
    yield '<form class="filters" aria-label="Filters">'
    yield _select("severity", [one for one in SEVERITIES if any(each.rule.severity == one for each in found)])
    yield _select("environment", sorted({one.environment for one in found if one.environment}))
    yield _select("app", sorted({one.app for one in found if one.app}))
    yield _select("state", ["open", "waived"])
    yield '<label>Text <input name="text" type="search" autocomplete="off"></label>'
    yield '<button type="reset">Show all</button><output aria-live="polite"></output></form>'


def _select(name: str, values: list[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    select = f'<select name="{name}"><option value="">all</option>{options}</select>'
    return f"<label>{name.capitalize()} {select}</label>"


def _violations(entries: Iterable[Entry]) -> Iterator[str]:
    found = list(entries)
    yield "<section><h2>Violations</h2>"
    yield f'<p class="none"{" hidden" if found else ""}>{"No violation fits." if found else "None."}</p>'
    yield '<ul class="entries">'
    for entry in found:
        yield _violation(entry)
    yield "</ul></section>"


def _violation(entry: Entry) -> str:
    data = {
        "severity": entry.rule.severity,
        "environment": entry.environment,
        "app": entry.app,
        "state": "waived" if entry.waiver else "open",
    }
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    rule = entry.rule
    facts = {
        "Asks": rule.title,
        "Cure": rule.remediation,
        "Because": f"the draft, {rule.clause}",
        "Found in": entry.source,
        "Owner": entry.owner,
    }
    until = ""
    if entry.waiver:
        until = f'<span class="until">waived until {entry.waiver.expires}</span>'
        said = f"{entry.waiver.owner} ({entry.waiver.ticket}), until {entry.waiver.expires}"
        facts["Waived by"] = f"{said}: {entry.waiver.reason}"
    whose = " · ".join(escape(one) for one in (rule.id, entry.environment, entry.app) if one)
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    link = f'<a href="{escape(rule.reference)}" rel="noreferrer">{escape(rule.reference)}</a>'
    return (
        f'<li {attributes}><details><summary><b class="severity">{rule.severity}</b>{until}'
        f" <code>{escape(entry.address)}</code> {escape(entry.message)}<small>{whose}</small></summary>"
        f"<dl>{rows}<dt>Reference</dt><dd>{link}</dd></dl></details></li>"
    )


def _drift(report: Report) -> Iterator[str]:
    if report.drift:
        rows = "".join(
            f"<li>{escape(one.stack)}: {escape(one.address)} {escape(one.what)}</li>" for one in report.drift
        )
        yield f"<section><h2>Drift between state and cluster</h2><ul>{rows}</ul></section>"
