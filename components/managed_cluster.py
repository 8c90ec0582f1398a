"""A managed Kubernetes cluster at DigitalOcean. Off unless the catalogue names one."""

import pulumi
from pulumi_digitalocean import KubernetesCluster, KubernetesClusterNodePoolArgs

from catalogue.models.cloud import CloudCluster


class ManagedCluster(pulumi.ComponentResource):
    """The cluster of `what`, which pulls from the account's registry by the integration."""

    cluster_id: pulumi.Output[str]

    def __init__(
        self,
        what: CloudCluster,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is the registry: the integration needs it. `opts` carries the account's provider."""
        super().__init__("blueocean:components:ManagedCluster", what.name, None, opts)
        self.cluster_id = self._cluster(what, after).id
        self.register_outputs({"id": self.cluster_id})

    def _cluster(self, what: CloudCluster, after: tuple[pulumi.Resource, ...]) -> KubernetesCluster:
        pool = KubernetesClusterNodePoolArgs(
            name="workers",
            size=what.size,
            auto_scale=True,
            min_nodes=what.min_nodes,
            max_nodes=what.max_nodes,
        )
        return KubernetesCluster(
            what.name,
            name=what.name,
            region=what.region,
            version=what.version,
            ha=True,
            auto_upgrade=False,  # the version is the catalogue's
            registry_integration=True,
            node_pool=pool,
            # It carries the volumes of everything that runs in it.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=list(after), protect=True, retain_on_delete=True
            ),
        )
