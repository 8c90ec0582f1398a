"""Two owners of one replica count would undo each other at every update."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.pods import REPLICATED_KINDS
from policies.rule import Context, Meta
from policies.targets import autoscaled

META = Meta(
    severity="high",
    clause="section 1, prod HPA",
    title="A workload with an autoscaler must not state its own number of replicas.",
    remediation="Remove spec.replicas from the workload.",
    reference="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    kinds=REPLICATED_KINDS | {"HorizontalPodAutoscaler"},
    places=("preview", "state"),  # the live object always carries the count that the autoscaler chose
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each autoscaled workload with spec.replicas."""
    targets = autoscaled(items)
    for item in items:
        if (item.kind, item.namespace, item.name) in targets:
            replicas = item.spec.get("replicas")
            if replicas is not None:
                yield item, f"it states {int(replicas)} replicas although an autoscaler owns the count"
