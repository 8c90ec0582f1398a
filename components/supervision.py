"""The right to read what runs in every namespace, for the components that supervise; nothing else."""

from collections.abc import Sequence
from ipaddress import ip_network

import pulumi
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, LabelSelectorRequirementArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicy,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    RoleRefArgs,
    SubjectArgs,
)

from catalogue.models.shape import AppShape
from components.labels import COMPONENT, PART_OF, Owner
from components.surroundings import Surroundings

# D-18. Named one by one: a new kind is read when somebody has decided so. No logs, no ConfigMaps, no Secrets,
# and nothing that acts by being read (proxy, exec, attach, port-forward, token).
READABLE = {
    "": (
        "events",
        "namespaces",
        "nodes",
        "persistentvolumeclaims",
        "pods",
        "resourcequotas",
        "services",
    ),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "discovery.k8s.io": ("endpointslices",),
    "events.k8s.io": ("events",),
    "networking.k8s.io": ("ingresses",),
    "policy": ("poddisruptionbudgets",),
}
VERBS = ["get", "list", "watch"]
_PORTS = (443, 6443)
_MOST_ADDRESSES = 256


def api_servers(cidrs: Sequence[object], apps: Sequence[AppShape]) -> tuple[str, ...]:
    """The networks as given. ValueError for a wide one, what is none, and none where an app needs one."""
    found = networks(cidrs)
    if not found and any(one.supervises for app in apps for one in app.workloads):
        raise ValueError("supervision needs the API server's address; set nexia:apiServerCidrs")
    return found


def networks(cidrs: Sequence[object]) -> tuple[str, ...]:
    """The API server's networks as given. ValueError for a wide one and for what is none."""
    for one in cidrs:
        try:
            network = ip_network(str(one))
        except ValueError:
            raise ValueError(f"{one} is no network; write it like 203.0.113.7/32") from None
        if network.num_addresses > _MOST_ADDRESSES:
            raise ValueError(f"{one} is wider than an API server's address; name at most 256 addresses")
    return tuple(str(one) for one in cidrs)


class Supervision(pulumi.ComponentResource):
    """Rights and connections of the supervising workloads of `what`."""

    ready: list[pulumi.Resource]
    """What has to exist before they start."""

    def __init__(
        self,
        what: AppShape,
        owner: Owner,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The service accounts needn't exist yet: a binding names them."""
        name = f"{what.name}-supervision-{what.environment}"
        super().__init__("blueocean:components:Supervision", name, None, opts)
        self._name, self._labels = name, owner.labels()
        self._workloads = [one for one in what.workloads if one.supervises]
        self._own = pulumi.ResourceOptions(parent=self)
        self.ready = [self._role(), self._binding(), *self._doors(around)]
        self.register_outputs({"role": name})

    def _role(self) -> ClusterRole:
        rules = [
            PolicyRuleArgs(api_groups=[group], resources=list(resources), verbs=VERBS)
            for group, resources in READABLE.items()
        ]
        metadata = ObjectMetaArgs(name=self._name, labels=self._labels)
        return ClusterRole(self._name, metadata=metadata, rules=rules, opts=self._own)

    def _binding(self) -> ClusterRoleBinding:
        subjects = [
            SubjectArgs(kind="ServiceAccount", name=one.name, namespace=one.namespace)
            for one in self._workloads
        ]
        return ClusterRoleBinding(
            self._name,
            metadata=ObjectMetaArgs(name=self._name, labels=self._labels),
            role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=self._name),
            subjects=subjects,
            opts=self._own,
        )

    def _doors(self, around: Surroundings) -> list[NetworkPolicy]:
        """To the API server, by its addresses: no selector finds it, it is no pod."""
        peers = [NetworkPolicyPeerArgs(ip_block=IPBlockArgs(cidr=cidr)) for cidr in around.api_servers]
        ports = [NetworkPolicyPortArgs(protocol="TCP", port=port) for port in _PORTS]
        namespaces = dict.fromkeys(one.namespace for one in self._workloads)
        opts = pulumi.ResourceOptions(parent=self, depends_on=list(around.after))
        return [
            NetworkPolicy(
                f"{namespace}-allow-api-server",
                metadata=ObjectMetaArgs(name="allow-api-server", namespace=namespace, labels=self._labels),
                spec=NetworkPolicySpecArgs(
                    pod_selector=self._supervisors(),
                    policy_types=["Egress"],
                    egress=[NetworkPolicyEgressRuleArgs(to=peers, ports=ports)],
                ),
                opts=opts,
            )
            for namespace in namespaces
        ]

    def _supervisors(self) -> LabelSelectorArgs:
        components = sorted({one.component for one in self._workloads})
        return LabelSelectorArgs(
            match_labels={PART_OF: self._workloads[0].app},
            match_expressions=[LabelSelectorRequirementArgs(key=COMPONENT, operator="In", values=components)],
        )
