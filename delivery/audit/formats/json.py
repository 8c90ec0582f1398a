"""The whole report as JSON; its keys are the report's own."""

import json

from delivery.audit.report import Report


def render(report: Report) -> str:
    """One JSON document: sources, unread, problems, entries (with fingerprints), drift."""
    document = report.model_dump(mode="json")
    for shown, entry in zip(document["entries"], report.entries, strict=True):
        shown["fingerprint"] = entry.fingerprint
    return json.dumps(document | {"summary": report.summary}, indent=2, ensure_ascii=False) + "\n"
