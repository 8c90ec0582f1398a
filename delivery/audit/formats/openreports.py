"""The report as a ClusterReport of openreports.io, for tools that read reports in the cluster."""

import yaml

from delivery.audit.report import SEVERITIES, Entry, Report


def render(report: Report) -> str:
    """One ClusterReport as YAML; waived violations are `skip`, what was not read is `error`."""
    results = [_result(entry, report) for entry in report.entries]
    results += [_error(text, report) for text in (*report.unread, *report.problems)]
    counts = dict.fromkeys(("pass", "fail", "warn", "error", "skip"), 0)
    for one in results:
        counts[str(one["result"])] += 1
    document = {
        "apiVersion": "openreports.io/v1alpha1",
        "kind": "ClusterReport",
        "metadata": {"name": "blueocean-audit", "labels": {"app.kubernetes.io/managed-by": "blueocean"}},
        "source": "blueocean",
        "summary": counts,
        "results": results,
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _result(entry: Entry, report: Report) -> dict[str, object]:
    subject = {"kind": entry.kind, "name": entry.name}
    more = {"source": entry.source, "owner": entry.owner, "fingerprint": entry.fingerprint}
    if entry.waiver:
        said = f"{entry.waiver.owner}, until {entry.waiver.expires}: {entry.waiver.reason}"
        more["waiver"] = f"{said} ({entry.waiver.ticket})"
    return {
        "policy": entry.rule.id,
        "category": entry.rule.clause,
        "severity": entry.rule.severity,
        "result": "skip" if entry.waiver else "fail",
        "message": entry.message,
        "resources": [subject | ({"namespace": entry.namespace} if entry.namespace else {})],
        "properties": more,
        "timestamp": _time(report),
    }


def _error(text: str, report: Report) -> dict[str, object]:
    severity = SEVERITIES[0]
    return {
        "policy": "audit",
        "severity": severity,
        "result": "error",
        "message": text,
        "timestamp": _time(report),
    }


def _time(report: Report) -> dict[str, int]:
    return {"seconds": int(report.at.timestamp()), "nanos": 0}
