"""Which connections the pods of a namespace may have: none but these. Pure: specs in, nothing is created."""

from pulumi_kubernetes.meta.v1 import LabelSelectorArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyIngressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from catalogue.models.services import Endpoint
from catalogue.models.shape import NamespaceShape
from components.labels import ENVIRONMENT, PART_OF
from components.surroundings import Surroundings, home

HTTP = 8080
"""Where every workload listens, see WorkloadShape.port."""
_NAME = "kubernetes.io/metadata.name"
_PRIVATE_V4 = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",  # link-local, with the cloud's metadata service
    "172.16.0.0/12",
    "192.168.0.0/16",
]
_PRIVATE_V6 = ["::1/128", "fc00::/7", "fe80::/10"]


def policies(what: NamespaceShape, around: Surroundings) -> dict[str, NetworkPolicySpecArgs]:
    """The policies by name. `default-deny` closes both directions, each of the others opens one thing."""
    found = {
        "default-deny": _spec(),
        "allow-dns": _spec(egress=[_to(_namespace("kube-system", {"k8s-app": "kube-dns"}), _dns())]),
    }
    if what.external:
        found["allow-https-outside"] = _outside()
    return found if what.isolated else found | _neighbours(what, around)


def _neighbours(what: NamespaceShape, around: Surroundings) -> dict[str, NetworkPolicySpecArgs]:
    """What pods of an app reach inside the cluster, and who reaches them."""
    found = {
        "allow-same-app": _same_app(what),
        "allow-monitoring": _spec(
            ingress=[_from(_namespace(around.monitoring_namespace), [_port("TCP", HTTP)])]
        ),
        "allow-shared-services": _spec(
            egress=[_to_service(around.services.postgres), _to_service(around.services.redis)]
        ),
    }
    if what.has_route:
        found["allow-ingress-controller"] = _spec(
            ingress=[_from(_namespace(around.ingress_namespace), [_port("TCP", HTTP)])]
        )
    return found


def _spec(
    ingress: list[NetworkPolicyIngressRuleArgs] | None = None,
    egress: list[NetworkPolicyEgressRuleArgs] | None = None,
) -> NetworkPolicySpecArgs:
    """A policy over all pods of the namespace; without rules it only closes."""
    both = ingress is None and egress is None
    types = [name for name, there in (("Ingress", both or ingress), ("Egress", both or egress)) if there]
    return NetworkPolicySpecArgs(
        pod_selector=LabelSelectorArgs(), policy_types=types, ingress=ingress, egress=egress
    )


def _same_app(what: NamespaceShape) -> NetworkPolicySpecArgs:
    """The app's pods in all its namespaces of this environment (NEXIA has two in production)."""
    own = NetworkPolicyPeerArgs(
        namespace_selector=LabelSelectorArgs(match_labels={PART_OF: what.app, ENVIRONMENT: what.environment})
    )
    port = [_port("TCP", HTTP)]
    return _spec(ingress=[_from(own, port)], egress=[_to(own, port)])


def _outside() -> NetworkPolicySpecArgs:
    blocks = [
        IPBlockArgs(cidr="0.0.0.0/0", except_=_PRIVATE_V4),
        IPBlockArgs(cidr="::/0", except_=_PRIVATE_V6),
    ]
    peers = [NetworkPolicyPeerArgs(ip_block=block) for block in blocks]
    return _spec(egress=[NetworkPolicyEgressRuleArgs(to=peers, ports=[_port("TCP", 443)])])


def _to_service(service: Endpoint) -> NetworkPolicyEgressRuleArgs:
    return _to(_namespace(home(service)), [_port("TCP", service.port)])


def _dns() -> list[NetworkPolicyPortArgs]:
    return [_port("UDP", 53), _port("TCP", 53)]


def _port(protocol: str, port: int) -> NetworkPolicyPortArgs:
    return NetworkPolicyPortArgs(protocol=protocol, port=port)


def _namespace(name: str, pods: dict[str, str] | None = None) -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(
        namespace_selector=LabelSelectorArgs(match_labels={_NAME: name}),
        pod_selector=LabelSelectorArgs(match_labels=pods) if pods else None,
    )


def _to(peer: NetworkPolicyPeerArgs, ports: list[NetworkPolicyPortArgs]) -> NetworkPolicyEgressRuleArgs:
    return NetworkPolicyEgressRuleArgs(to=[peer], ports=ports)


def _from(peer: NetworkPolicyPeerArgs, ports: list[NetworkPolicyPortArgs]) -> NetworkPolicyIngressRuleArgs:
    return NetworkPolicyIngressRuleArgs(from_=[peer], ports=ports)
