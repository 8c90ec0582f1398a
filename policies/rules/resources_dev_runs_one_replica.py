"""Development is minimal: one pod a component."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import REPLICATED_KINDS
from policies.rule import Context, Meta

META = Meta(
    severity="medium",
    clause="section 1, dev",
    title="A workload in dev must run exactly one replica.",
    remediation="Set spec.replicas to 1 and remove the HorizontalPodAutoscaler.",
    reference="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
    kinds=REPLICATED_KINDS | {"HorizontalPodAutoscaler"},
    environments=("dev",),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for another count than one, or for an autoscaler."""
    if item.kind == "HorizontalPodAutoscaler":
        yield "an autoscaler has no place in dev"
        return
    replicas = item.spec.get("replicas")
    if replicas != 1:
        yield f"it runs {'an unstated number of' if replicas is None else int(replicas)} replicas"
