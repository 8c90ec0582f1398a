"""What a stack has at DigitalOcean, from what the platform buys. Pure."""

from collections.abc import Sequence

from catalogue.builds import build_room
from catalogue.models.platform import Platform
from catalogue.models.shape import (
    AppShape,
    CloudShape,
    ManagedDataShape,
    RegistryShape,
    WorkshopShape,
)


def workshop_shape(platform: Platform, apps: Sequence[AppShape]) -> WorkshopShape:
    """What exists once, for the one stack that makes it: the one of `apps`, of which there is at least one.

    Raises ValueError when the platform buys no registry: a build would have nowhere to push to.
    """
    room = build_room(platform, apps[0].environment, apps[0].stack)
    return WorkshopShape(cloud=cloud_shape(platform, apps), room=room)


def cloud_shape(platform: Platform, apps: Sequence[AppShape]) -> CloudShape:
    """The account's contents; `apps` name the databases.

    Raises ValueError when the platform buys no registry, or when the registry's address names none.
    """
    cloud = platform.cloud
    if cloud is None:
        raise ValueError(
            "catalogue/platform.yaml buys no registry; write cloud: with a registry, or set cloud to false"
        )
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
