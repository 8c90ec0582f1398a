"""A disruption budget that lets nobody go blocks every node's maintenance."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="medium",
    clause="section 2, always on",
    title="A PodDisruptionBudget must let at least one pod go.",
    remediation="Use maxUnavailable of 1 or more instead of minAvailable: it follows the autoscaler.",
    reference="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    kinds=frozenset({"PodDisruptionBudget"}),
    cel=(
        "!has(object.spec.minAvailable) && has(object.spec.maxUnavailable) && "
        "!string(object.spec.maxUnavailable).matches('^0+%?$')"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for a budget that can forbid every eviction."""
    most = item.spec.get("maxUnavailable")
    if item.spec.get("minAvailable") is not None:
        yield "it uses minAvailable, which forbids every eviction once that few pods run"
    elif most is None:
        yield "it states no maxUnavailable"
    elif float(str(most).removesuffix("%")) == 0:
        yield "maxUnavailable of 0 forbids every eviction"
