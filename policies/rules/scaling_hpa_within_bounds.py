"""Autoscaling stays in production, within what the tier allows."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="sections 1 and 2, prod HPA",
    title="Autoscaling is for prod, its bounds and CPU target must lie within its tier's.",
    remediation="Set minReplicas, maxReplicas and the CPU target within policies/limits.yaml, in prod only.",
    reference="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    kinds=frozenset({"HorizontalPodAutoscaler"}),
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each bound outside the tier's, or missing, and for each autoscaler elsewhere.

    Dev runs one replica, and staging what fits its slot.
    """
    if item.environment in {"dev", "staging"}:
        yield f"nothing is autoscaled in {item.environment}"
        return
    tier = context.limits.tier(item.namespace)
    if tier is None:
        return  # isolation-namespace-known says so
    bounds = tier.autoscaling
    if bounds is None:
        yield f"nothing is autoscaled in namespace {item.namespace}"
        return
    low, high, cpu = item.spec.get("minReplicas"), item.spec.get("maxReplicas"), _cpu(item.spec)
    if low is None or low < bounds.min:
        yield f"minReplicas is {_said(low)}, at least {bounds.min} is due"
    if high is None or high > bounds.max:
        yield f"maxReplicas is {_said(high)}, at most {bounds.max} is allowed"
    if low is not None and high is not None and low > high:
        yield f"minReplicas {int(low)} is above maxReplicas {int(high)}"
    if cpu is None or not 0 < cpu <= bounds.cpu:
        yield f"the CPU target is {_said(cpu)} %, at most {bounds.cpu} % is allowed"


def _cpu(spec: Mapping[str, Any]) -> float | None:
    for metric in spec.get("metrics") or ():
        resource = metric.get("resource") or {}
        if resource.get("name") == "cpu":
            target = (resource.get("target") or {}).get("averageUtilization")
            return None if target is None else float(target)
    return None


def _said(value: float | None) -> str:
    return "missing" if value is None else f"{value:g}"
