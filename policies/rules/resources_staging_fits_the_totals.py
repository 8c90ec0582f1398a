"""What runs in shared staging at one time fits what the apps share."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalogue.models.quantity import amount
from policies.objects import STAGING_NAMESPACE, Object
from policies.pods import RUNNING_KINDS, containers_of, pods_at_once
from policies.quantities import RESOURCES, Resource, ceiling, parsed
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, totals",
    title="Everything in shared staging together must stay within 4 pods and the shared totals.",
    remediation="Run fewer replicas in staging, or smaller ones; only the slot's owner has pods there.",
    reference="https://kubernetes.io/docs/concepts/policy/resource-quotas/",
    kinds=RUNNING_KINDS,
    environments=("staging",),
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each total that is exceeded, on the workload whose name comes last."""
    here = [one for one in items if one.namespace == STAGING_NAMESPACE]
    staging = context.limits.staging
    pods = sum(map(pods_at_once, here))
    if pods > staging.pods:
        yield here[-1], f"the namespace runs {pods} pods in all, {staging.pods} fit"
    for part, compute in (("requests", staging.total.requests), ("limits", staging.total.limits)):
        for resource in RESOURCES:
            total = sum((_sum(one, part, resource) for one in here), Decimal())
            top = ceiling(compute, resource)
            if total > amount(top):
                said = f"the namespace's {part} add up to {total.normalize():f} {resource}, {top} fit"
                yield here[-1], said


def _sum(item: Object, part: str, resource: Resource) -> Decimal:
    each = [
        parsed((container.manifest.get("resources") or {}).get(part), resource)
        for container in containers_of(item)
    ]
    return pods_at_once(item) * sum((amount or Decimal() for amount in each), Decimal())
