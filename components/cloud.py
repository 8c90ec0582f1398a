"""What is bought at DigitalOcean, together. Import it only where it is used: its SDK costs 0.8 s."""

import pulumi
from pulumi_digitalocean import Provider

from catalogue.models.shape import CloudShape
from components.managed_cluster import ManagedCluster
from components.managed_data import ManagedData
from components.registry import Registry


class Cloud(pulumi.ComponentResource):
    """The registry, and the managed cluster and data where the catalogue names them."""

    registry: Registry
    data: ManagedData | None

    def __init__(self, what: CloudShape, opts: pulumi.ResourceOptions | None = None) -> None:
        """`opts` carries the account's provider, see `account`."""
        super().__init__("blueocean:components:Cloud", "cloud", None, opts)
        own = pulumi.ResourceOptions(parent=self)
        self.registry = Registry(what.registry, own)
        cluster = ManagedCluster(what.cluster, (self.registry,), own).cluster_id if what.cluster else None
        self.data = ManagedData(what.data, cluster, own) if what.data else None
        self.register_outputs({"registry": self.registry.endpoint})


def account() -> Provider:
    """The provider for everything at DigitalOcean.

    Token and address come from DIGITALOCEAN_TOKEN and DIGITALOCEAN_API_URL, so that no token gets into the
    state; the sandbox's shell sets both to its stand-in.
    """
    return Provider("account")
