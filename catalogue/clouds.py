"""What a stack has at DigitalOcean, from what the platform buys. Pure."""

from collections.abc import Sequence

from catalogue.models.platform import Platform
from catalogue.models.shape import AppShape, CloudShape, ManagedDataShape, RegistryShape


def cloud_shape(platform: Platform, apps: Sequence[AppShape]) -> CloudShape | None:
    """The account's contents; None where the platform buys nothing. `apps` name the databases.

    All of it exists once: one stack makes it, the others only use what it made. Raises ValueError when the
    address of the registry names none.
    """
    cloud = platform.cloud
    if cloud is None:
        return None
    host, separator, name = platform.registry.rpartition("/")
    if not separator:
        raise ValueError(f"{host or name} names no registry; write registry: as host/name")
    registry = RegistryShape(
        name=name,
        tier=cloud.registry.tier,
        region=cloud.registry.region,
        write_seconds=cloud.registry.write_credential,
    )
    return CloudShape(registry=registry, cluster=cloud.cluster, data=_data(platform, apps))


def _data(platform: Platform, apps: Sequence[AppShape]) -> ManagedDataShape | None:
    data = platform.cloud.data if platform.cloud else None
    if data is None:
        return None
    databases = dict.fromkeys(tenant.database for app in apps for tenant in app.postgres)
    return ManagedDataShape(
        region=data.region,
        sources=data.sources,
        postgres=data.postgres,
        valkey=data.valkey,
        databases=tuple(databases),
    )
