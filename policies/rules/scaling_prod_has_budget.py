"""Without a disruption budget a drain may take all pods at once; two of them forbid every eviction."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.pods import REPLICATED_KINDS, pod_of
from policies.rule import Context, Meta
from policies.targets import selects, target_of

BUDGET, AUTOSCALER = "PodDisruptionBudget", "HorizontalPodAutoscaler"
META = Meta(
    severity="medium",
    clause="section 2, always on",
    title="A workload of several pods in prod must have one PodDisruptionBudget that selects them.",
    remediation="Give the workload a PodDisruptionBudget whose selector is the workload's own.",
    reference="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    kinds=REPLICATED_KINDS | {BUDGET, AUTOSCALER},
    environments=("prod",),
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each workload without a budget or with several, where the tier autoscales.

    The eviction API refuses a pod that more than one budget selects. What may run as one pod needs none: a
    budget would either say nothing or block every drain; nor do the shared servers, for the same reason.
    """
    budgets = [item for item in items if item.kind == BUDGET]
    alone = {
        target_of(item) for item in items if item.kind == AUTOSCALER and item.spec.get("minReplicas") == 1
    }
    for item in items:
        tier = context.limits.tier(item.namespace)
        if item.kind not in REPLICATED_KINDS or tier is None or tier.autoscaling is None:
            continue
        labels = pod_of(item).metadata.get("labels") or {}
        own = [
            one
            for one in budgets
            if one.namespace == item.namespace and selects(one.spec.get("selector"), labels)
        ]
        if not own and (item.kind, item.namespace, item.name) not in alone:
            yield item, "no PodDisruptionBudget selects its pods"
        elif len(own) > 1:
            yield item, f"{' and '.join(one.address for one in own)} select its pods, so none can be evicted"
