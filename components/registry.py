"""The container registry at DigitalOcean, and the one credential that writes to it."""

import pulumi
from pulumi_digitalocean import ContainerRegistry, ContainerRegistryDockerCredentials

from catalogue.models.shape import RegistryShape


class Registry(pulumi.ComponentResource):
    """The registry of `what`. Clusters pull by their registry integration, so no pod needs a credential."""

    endpoint: pulumi.Output[str]
    """Host and name, as images begin."""
    write_credential: pulumi.Output[str]
    """A Docker configuration that may push, secret; for the build room and nobody else."""

    def __init__(self, what: RegistryShape, opts: pulumi.ResourceOptions | None = None) -> None:
        """`opts` carries the account's provider."""
        super().__init__("blueocean:components:Registry", what.name, None, opts)
        self._what = what
        registry = self._registry()
        self.endpoint = registry.endpoint
        self.write_credential = self._credential(registry)
        self.register_outputs({"endpoint": self.endpoint})

    def _registry(self) -> ContainerRegistry:
        # Every image that production runs lies in it: protected from deletion, kept when forgotten.
        keep = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        return ContainerRegistry(
            self._what.name,
            name=self._what.name,
            subscription_tier_slug=self._what.tier,
            region=self._what.region,
            opts=keep,
        )

    def _credential(self, registry: ContainerRegistry) -> pulumi.Output[str]:
        """It expires by itself; a refresh after that makes another."""
        made = ContainerRegistryDockerCredentials(
            f"{self._what.name}-push",
            registry_name=registry.name,
            write=True,
            expiry_seconds=self._what.write_seconds,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return pulumi.Output.secret(made.docker_credentials)
