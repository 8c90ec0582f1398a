"""Shared staging belongs to one app at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence

from policies.gateways import WAYS_IN
from policies.objects import STAGING_NAMESPACE, Object
from policies.pods import REPLICATED_KINDS
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, slots",
    title="Only the slot's owner may have pods and routes in shared staging.",
    remediation="Scale the other apps to 0 and remove their routes until their own slot.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    kinds=REPLICATED_KINDS | WAYS_IN,
    environments=("staging",),
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each object of an app beside the one that has most there."""
    present = [item for item in items if item.namespace == STAGING_NAMESPACE and _is_present(item)]
    counts = Counter(item.app for item in present if item.app)
    # The same in any order of objects: a state and a cluster list them differently.
    owner = min(counts, key=lambda app: (-counts[app], app), default="")
    for item in present:
        if not item.app:
            yield item, "it does not say whose it is"
        elif item.app != owner:
            yield item, f"{item.app} is in staging together with {owner}"


def _is_present(item: Object) -> bool:
    return item.kind in WAYS_IN or (item.kind in REPLICATED_KINDS and item.spec.get("replicas") != 0)
