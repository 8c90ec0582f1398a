"""What the rules' CEL may refer to at admission, beside the object: pods, tiers and waivers."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from policies.limits import Limits, Tier
from policies.waivers import Waiver

_POD = (
    'object.kind == "Pod" ? object.spec : object.kind == "PodTemplate" ? object.template.spec :'
    ' object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec'
)
_CONTAINERS = (
    "(has(variables.pod.containers) ? variables.pod.containers : [])"
    " + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])"
    " + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])"
)
# Of containers and of volumes that are images; empty for one without any.
_REFERENCES = (
    'variables.containers.map(c, has(c.image) ? c.image : "") + (has(variables.pod.volumes) ? '
    "variables.pod.volumes.filter(v, has(v.image))"
    '.map(v, has(v.image.reference) ? v.image.reference : "") : [])'
)
_CONTEXTS = (
    "(has(variables.pod.securityContext) ? [variables.pod.securityContext] : [])"
    " + variables.containers.filter(c, has(c.securityContext)).map(c, c.securityContext)"
)
_TEMPLATE = (
    'object.kind == "Pod" ? object.metadata : object.kind == "PodTemplate" ?'
    " (has(object.template.metadata) ? object.template.metadata : {}) :"
    ' object.kind == "CronJob" ? (has(object.spec.jobTemplate.spec.template.metadata) ?'
    " object.spec.jobTemplate.spec.template.metadata : {}) :"
    " (has(object.spec.template.metadata) ? object.spec.template.metadata : {})"
)
_HANDLERS = " + ".join(
    f"variables.containers.filter(c, {present}).map(c, c.{field})"
    for field, present in {
        "livenessProbe": "has(c.livenessProbe)",
        "readinessProbe": "has(c.readinessProbe)",
        "startupProbe": "has(c.startupProbe)",
        "lifecycle.postStart": "has(c.lifecycle) && has(c.lifecycle.postStart)",
        "lifecycle.preStop": "has(c.lifecycle) && has(c.lifecycle.preStop)",
    }.items()
)
POD_VARIABLES = (
    {"name": "pod", "expression": _POD},
    {"name": "containers", "expression": _CONTAINERS},
    {"name": "references", "expression": _REFERENCES},
    {"name": "contexts", "expression": _CONTEXTS},
    {"name": "template", "expression": _TEMPLATE},
    {"name": "handlers", "expression": _HANDLERS},
)
HOME = {
    "name": "home",
    "expression": 'object.kind == "Namespace" ? object.metadata.name : request.namespace',
}
# CEL knows no clock, but the server writes the time of every write into the object before it asks.
MOMENTS = {
    "name": "moments",
    "expression": "[timestamp(object.metadata.creationTimestamp)] + (has(object.metadata.managedFields) ?"
    " object.metadata.managedFields.filter(f, has(f.time)).map(f, timestamp(f.time)) : [])",
}


def tier_variables(limits: Limits) -> Iterator[dict[str, str]]:
    """Whether the namespace is held to the baseline standard, and which images it may run beside ours."""
    yield HOME
    baseline = [(tier, json.dumps(tier.pod_security == "baseline")) for tier in limits.tiers.values()]
    yield {"name": "baseline", "expression": _by_tier(baseline, "false")}
    images = [(tier, json.dumps(tier.images)) for tier in limits.tiers.values()]
    yield {"name": "images", "expression": _by_tier(images, "[]")}


def waived(waivers: Iterable[Waiver], kinds: frozenset[str]) -> str:
    """True for an object of one of the kinds that a waiver covers at the time of the write."""
    return " || ".join(_covers(one) for one in waivers if one.kind in kinds)


def _by_tier(values: Iterable[tuple[Tier, str]], otherwise: str) -> str:
    """The value of the first tier that has the namespace, as in `Limits.tier`."""
    chain = [f"variables.home.matches({_pattern(tier.namespaces)}) ? {value} : " for tier, value in values]
    return "".join(chain) + otherwise


def _covers(waiver: Waiver) -> str:
    end = datetime.combine(waiver.expires + timedelta(days=1), time(), UTC)
    where = "" if waiver.kind == "Namespace" else f' && request.namespace == "{waiver.namespace}"'
    return (
        f'(object.kind == "{waiver.kind}"{where}'
        f" && object.metadata.name.matches({_pattern((waiver.name,))})"
        " && size(variables.moments) > 1"
        f' && variables.moments.all(m, m < timestamp("{end:%Y-%m-%dT%H:%M:%SZ}")))'
    )


def _pattern(patterns: Iterable[str]) -> str:
    """Names with `*` as one regular expression, as a raw text of CEL."""
    escaped = (".*".join(part.replace(".", r"\.") for part in one.split("*")) for one in patterns)
    return f'r"^(?:{"|".join(escaped)})$"'
