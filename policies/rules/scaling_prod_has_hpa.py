"""Every workload in production scales with its load."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.pods import REPLICATED_KINDS
from policies.rule import Context, Meta
from policies.targets import autoscaled

META = Meta(
    severity="high",
    clause="sections 1 and 2, prod HPA",
    title="A workload in prod must have a HorizontalPodAutoscaler.",
    remediation="Give the workload a HorizontalPodAutoscaler that names it as its scaleTargetRef.",
    reference="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    kinds=REPLICATED_KINDS | {"HorizontalPodAutoscaler"},
    environments=("prod",),
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each workload that no autoscaler targets, where the tier has autoscaling.

    The shared servers' tier has none: a second pod of a database would be another, empty database.
    """
    targets = autoscaled(items)
    for item in items:
        tier = context.limits.tier(item.namespace)
        if item.kind not in REPLICATED_KINDS or tier is None or tier.autoscaling is None:
            continue
        if (item.kind, item.namespace, item.name) not in targets:
            yield item, "no autoscaler targets it"
