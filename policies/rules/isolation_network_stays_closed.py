"""An opening names who may come through it."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from policies.objects import Object
from policies.rule import Context, Meta
from policies.targets import picks_every_namespace

META = Meta(
    severity="high",
    clause="section 0, NEXIA stands apart; section 1, namespaces",
    title="A NetworkPolicy must name its peers, and none that reach a node's metadata or private networks.",
    remediation="Name pods, namespaces or blocks; except private and link-local ranges from wide blocks.",
    reference="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    kinds=frozenset({"NetworkPolicy"}),
)
# RFC 1918, RFC 3927 (cloud metadata), RFC 4193 and RFC 4291.
INSIDE = tuple(
    ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each rule open to everybody or to what lies inside."""
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in item.spec.get(direction) or ():
            named = rule.get(peers) or ()
            if not named:
                yield f"an {direction} rule names no peers and is open to everybody"
            for peer in named:
                if peer.get("ipBlock"):
                    yield from _reached(direction, peer["ipBlock"])
                elif _everyone(peer):
                    yield f"an {direction} rule selects every pod of every namespace"


def _everyone(peer: Mapping[str, Any]) -> bool:
    pods = peer.get("podSelector") or {}
    named = pods.get("matchLabels") or pods.get("matchExpressions")
    return picks_every_namespace(peer.get("namespaceSelector")) and not named


def _reached(direction: str, block: Mapping[str, Any]) -> Iterator[str]:
    wide = ip_network(block["cidr"])
    excepted = [ip_network(each) for each in block.get("except") or ()]
    for inside in INSIDE:
        if inside.version != wide.version or not inside.subnet_of(wide):  # type: ignore[arg-type]
            continue
        if not any(one.version == inside.version and inside.subnet_of(one) for one in excepted):  # type: ignore[arg-type]
            yield f"an {direction} rule to {wide} reaches {inside}"
