"""A namespace with its guard rails: Pod Security, quota, limit range, network policies."""

import pulumi
from pulumi_kubernetes.core.v1 import (
    LimitRange,
    LimitRangeItemArgs,
    LimitRangeSpecArgs,
    ResourceQuota,
    ResourceQuotaSpecArgs,
)
from pulumi_kubernetes.core.v1 import Namespace as KubernetesNamespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from catalogue.models.quantity import Compute
from catalogue.models.shape import NamespaceShape
from components.labels import Owner
from components.network import policies
from components.protection import guarded, kept
from components.surroundings import Surroundings

POD_SECURITY_VERSION = "v1.36"
"""Pinned: a newer cluster must not refuse tomorrow what it accepts today. Raise it with the cluster."""


class Namespace(pulumi.ComponentResource):
    """The namespace that `what` describes, closed except for the openings that its pods need."""

    rails: list[pulumi.Resource]
    """What has to exist before a pod may start here."""

    def __init__(
        self,
        what: NamespaceShape,
        owner: Owner,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Makes everything at once; `owner` is who the objects are labelled with."""
        super().__init__("blueocean:components:Namespace", what.name, None, opts)
        self._labels = owner.labels()
        self._what = what
        namespace = self._namespace()
        self._inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        self.rails = [namespace, self._quota(), self._limits(), *self._policies(around)]
        self.register_outputs({"name": namespace.metadata.name})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=self._what.name, labels=self._labels)

    def _namespace(self) -> KubernetesNamespace:
        level = self._what.pod_security
        security = {
            f"pod-security.kubernetes.io/{mode}{key}": value
            for mode in ("enforce", "audit", "warn")
            for key, value in (("", level), ("-version", POD_SECURITY_VERSION))
        }
        return KubernetesNamespace(
            self._what.name,
            metadata=ObjectMetaArgs(name=self._what.name, labels=self._labels | security),
            opts=pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=self), self._protection()),
        )

    def _protection(self) -> pulumi.ResourceOptions:
        """A namespace takes along what is in it."""
        return kept() if self._what.keeps_data else guarded(self._what.environment)

    def _quota(self) -> ResourceQuota:
        quota = self._what.quota
        hard = {
            "requests.cpu": quota.requests.cpu,
            "requests.memory": quota.requests.memory,
            "limits.cpu": quota.limits.cpu,
            "limits.memory": quota.limits.memory,
            "pods": str(self._what.pods),
            # Traffic comes through the ingress; nothing here opens a node's port or buys a load balancer.
            "services.nodeports": "0",
            "services.loadbalancers": "0",
        }
        return ResourceQuota(
            f"{self._what.name}-quota",
            metadata=self._meta("quota"),
            spec=ResourceQuotaSpecArgs(hard=hard),
            opts=self._inside,
        )

    def _limits(self) -> LimitRange:
        container = self._what.container
        item = LimitRangeItemArgs(
            type="Container",
            default_request=_amounts(container.requests),
            default=_amounts(container.limits),
            max=_amounts(container.limits),
        )
        return LimitRange(
            f"{self._what.name}-limits",
            metadata=self._meta("limits"),
            spec=LimitRangeSpecArgs(limits=[item]),
            opts=self._inside,
        )

    def _policies(self, around: Surroundings) -> list[NetworkPolicy]:
        return [
            NetworkPolicy(
                f"{self._what.name}-{name}", metadata=self._meta(name), spec=spec, opts=self._inside
            )
            for name, spec in policies(self._what, around).items()
        ]


def _amounts(compute: Compute) -> dict[str, str]:
    return {"cpu": compute.cpu, "memory": compute.memory}
