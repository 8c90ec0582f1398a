"""Who may reach the shared servers, and whom they may reach. Pure: specs in, nothing is created."""

from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, LabelSelectorRequirementArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyIngressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from catalogue.models.services import Endpoint
from components.labels import COMPONENT, ENVIRONMENT, TENANT
from components.network import HTTP
from components.surroundings import Surroundings, home, short

_NAME = "kubernetes.io/metadata.name"
_GRAFANA = 3000
Door = tuple[str, str, NetworkPolicySpecArgs]


def doors(around: Surroundings, api_servers: tuple[str, ...]) -> list[Door]:
    """(name, namespace, spec) of each policy; the namespaces are closed otherwise.

    `api_servers` are the networks in which the API server answers.
    """
    services = around.services
    data, watch = home(services.postgres), home(services.prometheus)
    closed = NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"])
    return [
        ("default-deny", data, closed),
        *(_data_door(one) for one in (services.postgres, services.redis)),
        ("allow-tenant-jobs", data, _tenant_jobs(services.postgres, services.redis)),
        ("allow-grafana-to-prometheus", watch, _from_grafana(services.prometheus, services.grafana)),
        ("allow-grafana-out", watch, _grafana_out(services.prometheus, services.grafana)),
        ("allow-ingress-to-grafana", watch, _to_grafana(services.grafana, around.ingress_namespace)),
        ("allow-scraping", watch, _scraping(services.prometheus, api_servers)),
    ]


def _data_door(service: Endpoint) -> Door:
    """Apps of every environment, and the tenants' Jobs beside; who may log in is the server's own matter."""
    apps = NetworkPolicyPeerArgs(namespace_selector=_has(ENVIRONMENT))
    jobs = NetworkPolicyPeerArgs(pod_selector=_has(TENANT))
    rule = NetworkPolicyIngressRuleArgs(from_=[apps, jobs], ports=_ports(service.port))
    name = f"allow-to-{short(service)}"
    return name, home(service), _spec(_pods(service), ingress=[rule])


def _tenant_jobs(*services: Endpoint) -> NetworkPolicySpecArgs:
    """To the servers and to DNS."""
    rules = [
        NetworkPolicyEgressRuleArgs(
            to=[NetworkPolicyPeerArgs(pod_selector=_pods(one))], ports=_ports(one.port)
        )
        for one in services
    ]
    dns = NetworkPolicyPeerArgs(
        namespace_selector=LabelSelectorArgs(match_labels={_NAME: "kube-system"}),
        pod_selector=LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
    )
    ports = [NetworkPolicyPortArgs(protocol=one, port=53) for one in ("UDP", "TCP")]
    return _spec(_has(TENANT), egress=[*rules, NetworkPolicyEgressRuleArgs(to=[dns], ports=ports)])


def _from_grafana(prometheus: Endpoint, grafana: Endpoint) -> NetworkPolicySpecArgs:
    peer = NetworkPolicyPeerArgs(pod_selector=_pods(grafana))
    rule = NetworkPolicyIngressRuleArgs(from_=[peer], ports=_ports(prometheus.port))
    return _spec(_pods(prometheus), ingress=[rule])


def _grafana_out(prometheus: Endpoint, grafana: Endpoint) -> NetworkPolicySpecArgs:
    peer = NetworkPolicyPeerArgs(pod_selector=_pods(prometheus))
    rule = NetworkPolicyEgressRuleArgs(to=[peer], ports=_ports(prometheus.port))
    return _spec(_pods(grafana), egress=[rule])


def _to_grafana(grafana: Endpoint, ingress: str) -> NetworkPolicySpecArgs:
    peer = NetworkPolicyPeerArgs(namespace_selector=LabelSelectorArgs(match_labels={_NAME: ingress}))
    rule = NetworkPolicyIngressRuleArgs(from_=[peer], ports=_ports(_GRAFANA))
    return _spec(_pods(grafana), ingress=[rule])


def _scraping(prometheus: Endpoint, api_servers: tuple[str, ...]) -> NetworkPolicySpecArgs:
    """To the metrics of every app, and to the API server, which knows where they are."""
    apps = NetworkPolicyPeerArgs(namespace_selector=_has(ENVIRONMENT))
    peers = [NetworkPolicyPeerArgs(ip_block=IPBlockArgs(cidr=one)) for one in api_servers]
    rules = [
        NetworkPolicyEgressRuleArgs(to=[apps], ports=_ports(HTTP)),
        NetworkPolicyEgressRuleArgs(to=peers, ports=_ports(443, 6443)),
    ]
    return _spec(_pods(prometheus), egress=rules)


def _spec(
    pods: LabelSelectorArgs,
    ingress: list[NetworkPolicyIngressRuleArgs] | None = None,
    egress: list[NetworkPolicyEgressRuleArgs] | None = None,
) -> NetworkPolicySpecArgs:
    types = [name for name, there in (("Ingress", ingress), ("Egress", egress)) if there]
    return NetworkPolicySpecArgs(pod_selector=pods, policy_types=types, ingress=ingress, egress=egress)


def _has(label: str) -> LabelSelectorArgs:
    return LabelSelectorArgs(match_expressions=[LabelSelectorRequirementArgs(key=label, operator="Exists")])


def _pods(service: Endpoint) -> LabelSelectorArgs:
    return LabelSelectorArgs(match_labels={COMPONENT: short(service)})


def _ports(*ports: int) -> list[NetworkPolicyPortArgs]:
    return [NetworkPolicyPortArgs(protocol="TCP", port=port) for port in ports]
