"""The report as SARIF 2.1.0, for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/).

An object of a stack has no line in a source file; every result points at the file of its stack or its
cluster-wide rule, which is what a reviewer opens first.
"""

import json
from typing import Any
from urllib.parse import quote

from delivery.audit.report import Entry, Report, RuleText, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# GitHub's scale for security findings.
SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def render(report: Report) -> str:
    """One run; waived violations carry an accepted suppression, what was not read a failed invocation."""
    rules = {entry.rule.id: entry.rule for entry in report.entries}
    order = sorted(rules)
    notes = [{"level": "error", "message": {"text": one}} for one in (*report.unread, *report.problems)]
    run = {
        "tool": {
            "driver": {
                "name": "blueocean",
                "informationUri": "https://www.pulumi.com/docs/insights/policy/",
                "rules": [_rule(rules[name]) for name in order],
            }
        },
        "invocations": [
            {"executionSuccessful": not report.unread, "toolExecutionNotifications": notes},
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(entry, order.index(entry.rule.id)) for entry in report.entries],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.remediation},
        "helpUri": rule.reference,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"security-severity": SCORES[rule.severity], "tags": [rule.id.partition("-")[0]]},
    }


def _result(entry: Entry, index: int) -> dict[str, Any]:
    named = {"fullyQualifiedName": entry.address, "kind": "resource"}
    place = {"artifactLocation": {"uri": _file(entry)}, "region": {"startLine": 1}}
    result: dict[str, Any] = {
        "ruleId": entry.rule.id,
        "ruleIndex": index,
        "level": LEVELS[entry.rule.severity],
        "message": {"text": f"{entry.address}: {entry.message}. {entry.rule.remediation}"},
        "locations": [{"physicalLocation": place, "logicalLocations": [named]}],
        "partialFingerprints": {"blueoceanViolation/v1": entry.fingerprint},
        "properties": {"source": entry.source, "owner": entry.owner, "environment": entry.environment},
    }
    if entry.waiver:
        waiver = entry.waiver
        said = f"{waiver.owner}, until {waiver.expires}: {waiver.reason} ({waiver.ticket})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result


def _file(entry: Entry) -> str:
    """The stack's file: `Pulumi.dev.yaml`, `nexia/Pulumi.dev.yaml`; the rule's own for nobody's object."""
    project, dot, stack = entry.owner.partition(".")
    if dot and project in ("blueocean", "nexia"):
        file = f"Pulumi.{quote(stack, safe='')}.yaml"  # a live object's label and writer say what they like
        return file if project == "blueocean" else f"{project}/{file}"
    return f"policies/rules/{entry.rule.id.replace('-', '_')}.py"
