"""What an app is to the shared database server and to the shared cache. Pure."""

from catalogue import names, pods
from catalogue.models.app import App
from catalogue.models.component import Component
from catalogue.models.platform import Platform
from catalogue.models.services import Endpoint
from catalogue.models.shape import (
    BackupShape,
    Environment,
    PostgresTenantShape,
    RedisTenantShape,
    Service,
)

_BACKUP_HOUR = 4


def stem_of(app: App, component: Component) -> str | None:
    """Which database the component uses, None when it uses none."""
    if "database" not in component.uses:
        return None
    return component.database or app.data.databases[0]


def postgres_secret(stem: str) -> str:
    """Name of the Secret with a database's credentials."""
    return f"{dashed(stem)}-postgres"


def redis_secret(app: App) -> str:
    """Name of the Secret with the cache's credentials."""
    return f"{dashed(app.data.key_prefix)}-redis"


def postgres(platform: Platform, app: App, environment: Environment) -> tuple[PostgresTenantShape, ...]:
    """One tenant for each of the app's databases, in the catalogue's order."""
    return tuple(_postgres(platform, app, stem, environment) for stem in app.data.databases)


def redis(platform: Platform, app: App, environment: Environment) -> RedisTenantShape | None:
    """The cache's tenant, None when no component uses the cache."""
    users = [one for one in app.components.values() if "cache" in one.uses]
    if not users:
        return None
    tenant = dashed(app.data.key_prefix)
    return RedisTenantShape(
        name=f"{tenant}-{environment}-redis",
        environment=environment,
        app=app.name,
        service=_service(platform.services.redis),
        user=f"{tenant}-{environment}",
        prefix=names.key_prefix(app, environment),
        scripting=app.data.scripting,
        secret=redis_secret(app),
        namespaces=_namespaces(platform, app, users, environment),
    )


def _postgres(platform: Platform, app: App, stem: str, environment: Environment) -> PostgresTenantShape:
    users = {name: one for name, one in app.components.items() if stem_of(app, one) == stem}
    most = sum(pods.most(platform, app, name, environment) for name in users)
    backup = _backup(platform, app, stem, environment)
    return PostgresTenantShape(
        name=f"{dashed(stem)}-{environment}-postgres",
        environment=environment,
        app=app.name,
        service=_service(platform.services.postgres),
        database=names.database(platform, stem, environment),
        shared=environment == "staging",
        schema_name=stem,
        owner=names.owner(platform, stem, environment),
        role=names.role(platform, stem, environment),
        connections=platform.services.postgres.connections_per_pod * most + (1 if backup else 0),
        secret=postgres_secret(stem),
        namespaces=_namespaces(platform, app, list(users.values()), environment),
        backup=backup,
    )


def _backup(platform: Platform, app: App, stem: str, environment: Environment) -> BackupShape | None:
    """At 04:00 and every so many hours from there: at night, in no hour that a clock change drops."""
    wanted = app.data.backup
    if wanted is None or environment != "prod":
        return None
    step = wanted.every // 3600
    hours = sorted((_BACKUP_HOUR + step * turn) % 24 for turn in range(24 // step))
    return BackupShape(
        name=f"{dashed(stem)}-{environment}-backup",
        schedule=f"0 {','.join(str(hour) for hour in hours)} * * *",
        timezone=platform.timezone,
        keep=wanted.keep,
        size=wanted.size,
    )


def _namespaces(
    platform: Platform, app: App, users: list[Component], environment: Environment
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.namespace(platform, app, one, environment) for one in users))


def _service(endpoint: Endpoint) -> Service:
    return Service(host=endpoint.host, port=endpoint.port)


def dashed(name: str) -> str:
    """A stem or key prefix as the names of cache users, Jobs and Secrets hold it."""
    return name.replace("_", "-").replace(":", "-")
