"""Traffic is closed until somebody opens it."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 0, NEXIA stands apart; section 1, namespaces",
    title="A namespace must have a NetworkPolicy that denies all traffic by default.",
    remediation="Add a NetworkPolicy with an empty podSelector, both policyTypes and no rules.",
    reference="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    kinds=frozenset({"Namespace", "NetworkPolicy"}),
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each Namespace without such a policy.

    One that is being deleted loses its policies before itself and takes no new ones: it is left out.
    """
    closed = {item.namespace for item in items if item.kind == "NetworkPolicy" and _denies_all(item)}
    for item in items:
        going = item.metadata.get("deletionTimestamp")
        if item.kind == "Namespace" and not going and item.name not in closed:
            yield item, "no NetworkPolicy in it denies all traffic by default"


def _denies_all(item: Object) -> bool:
    selector = item.spec.get("podSelector") or {}
    everything = not selector.get("matchLabels") and not selector.get("matchExpressions")
    both = set(item.spec.get("policyTypes") or ()) == {"Ingress", "Egress"}
    return everything and both and not item.spec.get("ingress") and not item.spec.get("egress")
