"""Which connections NetworkPolicies allow, by the words of the Kubernetes documentation and nothing of ours.

https://kubernetes.io/docs/concepts/services-networking/network-policies/: a pod that no policy selects in a
direction is open in it; one that any selects may have what at least one rule allows; both ends have to agree.
Stricter than a network plugin in one point: a pod's own address counts for ipBlock rules too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Labels = Mapping[str, str]
Object = Mapping[str, Any]


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod, or with an empty namespace an address outside the cluster."""

    namespace: str
    address: str
    labels: Labels = field(default_factory=dict, hash=False)
    ports: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Its named ports."""


@dataclass(frozen=True)
class Network:
    """The labels of every namespace, and all policies."""

    namespaces: Mapping[str, Labels]
    policies: tuple[Object, ...]
    _opened: dict[tuple[str, End, End], list[Any] | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What was found already: every pair is asked about each of many doors."""

    def allows(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Tell whether `source` may open a connection to `target`."""
        return self._passes("Egress", source, target, (target, port, protocol)) and self._passes(
            "Ingress", target, source, (target, port, protocol)
        )

    def _passes(self, direction: str, end: End, peer: End, door: tuple[End, int, str]) -> bool:
        if (direction, end, peer) not in self._opened:
            self._opened[direction, end, peer] = self._ports(direction, end, peer)
        found = self._opened[direction, end, peer]
        return found is None or any(_is_port(ports, *door) for ports in found)

    def _ports(self, direction: str, end: End, peer: End) -> list[Any] | None:
        """The `ports` of each rule that lets these two talk; None where no policy selects `end`."""
        key, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
        found = [one for one in self.policies if _selects(one, end) and direction in _types(one["spec"])]
        rules = [(one, rule) for one in found for rule in one["spec"].get(key) or ()]
        open_to = [rule.get("ports") for one, rule in rules if self._is_peer(one, rule.get(peers), peer)]
        return open_to if found else None

    def _is_peer(self, policy: Object, peers: Iterable[Object] | None, end: End) -> bool:
        return not peers or any(self._matches(policy, one, end) for one in peers)

    def _matches(self, policy: Object, peer: Object, end: End) -> bool:
        if block := peer.get("ipBlock"):
            address = ip_address(end.address)
            inside = [ip_network(one) for one in (block["cidr"], *(block.get("except") or ()))]
            return address in inside[0] and not any(address in one for one in inside[1:])
        if not end.namespace:
            return False
        if (spaces := peer.get("namespaceSelector")) is not None:
            near = selected(spaces, self.namespaces[end.namespace])
        else:
            near = policy["metadata"]["namespace"] == end.namespace
        return near and selected(peer.get("podSelector") or {}, end.labels)


def selected(selector: Object, labels: Labels) -> bool:
    """Tell whether a label selector matches; an empty one matches everything."""
    plain = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in plain.items()) and all(
        _holds(one, labels) for one in selector.get("matchExpressions") or ()
    )


def _holds(expression: Object, labels: Labels) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case other:
            raise ValueError(f"{other} is no operator of a label selector")


def _selects(policy: Object, end: End) -> bool:
    return policy["metadata"]["namespace"] == end.namespace and selected(
        policy["spec"].get("podSelector") or {}, end.labels
    )


def _types(spec: Object) -> tuple[str, ...]:
    given: Iterable[str] = spec.get("policyTypes") or ()
    return tuple(given) or (("Ingress", "Egress") if spec.get("egress") else ("Ingress",))


def _is_port(ports: Iterable[Object] | None, target: End, port: int, protocol: str) -> bool:
    return not ports or any(
        one.get("protocol", "TCP") == protocol and _covers(one, target, port) for one in ports
    )


def _covers(one: Object, target: End, port: int) -> bool:
    first = one.get("port")
    if first is None:
        return True
    number = target.ports.get(first) if isinstance(first, str) else first
    return number is not None and number <= port <= one.get("endPort", number)
