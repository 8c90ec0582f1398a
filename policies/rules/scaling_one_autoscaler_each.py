"""Two autoscalers of one workload pull its replica count to and fro."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.rule import Context, Meta
from policies.targets import Target, target_of

META = Meta(
    severity="high",
    clause="section 1, prod HPA",
    title="A workload must have one HorizontalPodAutoscaler, not several.",
    remediation="Keep one HorizontalPodAutoscaler for the workload; give it all the metrics.",
    reference="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    kinds=frozenset({"HorizontalPodAutoscaler"}),
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each autoscaler whose target another one has: which is right, nobody can tell."""
    owners: dict[Target, list[Object]] = defaultdict(list)
    for item in items:
        owners[target_of(item)].append(item)
    for (kind, namespace, name), several in owners.items():
        for item in several:
            others = sorted(one.address for one in several if one is not item)
            if others:
                yield item, f"{' and '.join(others)} scales {kind} {namespace}/{name} too"
