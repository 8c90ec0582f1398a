"""From objects to a report. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery.audit.drift import drifts
from delivery.audit.live import ours, owner_of
from delivery.audit.report import Drift, Entry, Report, RuleText, Source, WaiverText
from policies.judge import Finding, Judge
from policies.levels import Levels
from policies.objects import Manifest, Object
from policies.rule import Rule
from policies.waivers import Waiver, expired


@dataclass(frozen=True)
class Read:
    """What could be read: objects by stack (`blueocean.dev`), the cluster's, and what could not be."""

    states: Mapping[str, Sequence[Object]]
    live: Sequence[Manifest] | None
    unread: tuple[str, ...] = ()
    whole: bool = True
    """Whether all stacks were asked for: only then can a waiver be said to cover nothing."""


def build(read: Read, judge: Judge, levels: Levels, at: datetime) -> Report:
    """The report over what was read."""
    sources, found = [], []
    for stack, items in read.states.items():
        sources.append(Source(name=f"state {stack}", objects=len(items)))
        found += [(f"state {stack}", one) for one in judge.everything(items, "state")]
    drift: list[Drift] = []
    if read.live is not None:
        items = ours(read.live, judge.context.limits)
        sources.append(Source(name="live", objects=len(items)))
        found += [("live", one) for one in judge.everything(items, "live")]
        drift = [one for stack, state in read.states.items() for one in drifts(stack, state, items)]
    waived = {one.waiver for _, one in found if one.waiver}
    problems = [*levels.weakened(), *_about_waivers(judge, waived, whole=read.whole and not read.unread)]
    entries = sorted((_entry(source, one) for source, one in found), key=_order)
    return Report(
        at=at,
        sources=tuple(sources),
        unread=read.unread,
        problems=tuple(problems),
        entries=tuple(entries),
        drift=tuple(drift),
    )


def _about_waivers(judge: Judge, used: set[Waiver], *, whole: bool) -> Iterable[str]:
    old = list(expired(judge.waivers, judge.today))
    for waiver in old:
        yield f"{_named(waiver)} expired on {waiver.expires}; remove or renew it"
    if whole:
        for waiver in judge.waivers.waivers:
            if waiver not in used and waiver not in old:
                yield f"{_named(waiver)} covers nothing; remove it"


def _named(waiver: Waiver) -> str:
    return f"the waiver of {waiver.rule} for {waiver.resource}"


def rule_text(rule: Rule) -> RuleText:
    """What reports say about a rule."""
    meta = rule.meta
    return RuleText(
        id=rule.id,
        severity=meta.severity,
        title=meta.title,
        clause=meta.clause,
        remediation=meta.remediation,
        reference=meta.reference,
    )


def _entry(source: str, finding: Finding) -> Entry:
    item, waiver = finding.item, finding.waiver
    said = None
    if waiver:
        said = WaiverText(
            owner=waiver.owner, reason=waiver.reason, ticket=waiver.ticket, expires=waiver.expires
        )
    return Entry(
        rule=rule_text(finding.rule),
        source=source,
        kind=item.kind,
        namespace=str(item.metadata.get("namespace") or ""),
        name=item.name,
        app=item.app,
        environment=item.environment or "",
        owner=owner_of(item),
        message=finding.message,
        waiver=said,
    )


def _order(entry: Entry) -> tuple[int, str, str, str, str]:
    places = ("critical", "high", "medium", "low")
    return (places.index(entry.rule.severity), entry.rule.id, entry.address, entry.source, entry.message)
