"""A report with one of each, and the texts that its formats must carry unharmed."""

from datetime import UTC, date, datetime

from delivery.audit.report import Drift, Entry, Report, RuleText, Severity, Source, WaiverText

NASTY = "</script><script>alert(1)</script>|`x`\x07]]>&\"'"
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def rule(name: str = "images-by-digest", severity: Severity = "high") -> RuleText:
    return RuleText(
        id=name,
        severity=severity,
        title="A container must name its image by digest.",
        clause="section 3",
        remediation="Write the digest.",
        reference="https://kubernetes.io/docs/concepts/containers/images/",
    )


def entry(
    name: str = "api",
    severity: Severity = "high",
    waiver: WaiverText | None = None,
    message: str = "container a runs x",
) -> Entry:
    return Entry(
        rule=rule(severity=severity),
        source="state blueocean.prod",
        kind="Deployment",
        namespace="blueocean-nextgen-prod",
        name=name,
        app="nextgen",
        environment="prod",
        owner="blueocean.prod",
        message=message,
        waiver=waiver,
    )


WAIVER = WaiverText(owner="Ada", reason="the vendor has none", ticket="OPS-1", expires=date(2026, 12, 1))
SOURCE = Source(name="state blueocean.prod", objects=12)
FULL = Report(
    at=AT,
    sources=(SOURCE, Source(name="live", objects=3)),
    unread=("state nexia.prod: `pulumi stack export` failed",),
    problems=("policies/levels.yaml: prod is advisory, mandatory is due",),
    entries=(entry(message=NASTY), entry("web", "medium", WAIVER)),
    drift=(
        Drift(
            stack="blueocean.prod",
            kind="Service",
            namespace="blueocean-nextgen-prod",
            name="api",
            what="differs at spec.type",
        ),
    ),
)
EMPTY = Report(at=AT, sources=(SOURCE,))
