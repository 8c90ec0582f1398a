"""An opening names who may come through it."""

from collections.abc import Iterator, Mapping
from ipaddress import collapse_addresses, ip_address, ip_network
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

# Where a cloud tells a node's secrets to whoever asks, by IPv4 and by IPv6.
METADATA = (ip_address("169.254.169.254"), ip_address("fd00:ec2::254"))
NARROW = {4: 24, 6: 64}
"""From this length of its prefix on, a block names somebody inside: a server, or a small network."""


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
    wide = ip_network(block["cidr"], strict=False)
    excepted = [ip_network(each, strict=False) for each in block.get("except") or ()]
    closed = list(collapse_addresses(one for one in excepted if one.version == wide.version))  # type: ignore[type-var]
    for inside in INSIDE:
        if not inside.overlaps(wide):
            continue
        reached = max(inside, wide, key=lambda one: one.prefixlen)
        named = reached.prefixlen >= NARROW[reached.version] and not any(one in reached for one in METADATA)
        if not named and not any(reached.subnet_of(one) for one in closed):  # type: ignore[arg-type]
            yield f"an {direction} rule to {wide} reaches {reached}"
