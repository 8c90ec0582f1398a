"""Shared staging belongs to one app at a time."""

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
    """Yields a sentence for each object of an app beside the first one that is present."""
    owner: Object | None = None
    for item in items:
        present = item.kind in WAYS_IN or (item.kind in REPLICATED_KINDS and item.spec.get("replicas") != 0)
        if item.namespace != STAGING_NAMESPACE or not present:
            continue
        owner = owner or item
        if not item.app:
            yield item, "it does not say whose it is"
        elif item.app != owner.app:
            yield item, f"{item.app} is in staging together with {owner.app or 'an unnamed app'}"
