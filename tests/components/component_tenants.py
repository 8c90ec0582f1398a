"""Every tenant of every environment, and a password for each."""

from catalogue import names, tenants
from catalogue.load import load
from catalogue.models.shape import PostgresTenantShape, RedisTenantShape

CATALOGUE = load()
APPS = (*CATALOGUE.apps, CATALOGUE.nexia)
PLATFORM = CATALOGUE.platform


def postgres_tenants() -> list[PostgresTenantShape]:
    return [
        tenant
        for app in APPS
        for environment in names.environments_of(app)
        for tenant in tenants.postgres(PLATFORM, app, environment)
    ]


def redis_tenants() -> list[RedisTenantShape]:
    found = [
        tenants.redis(PLATFORM, app, environment)
        for app in APPS
        for environment in names.environments_of(app)
    ]
    return [tenant for tenant in found if tenant]


def password_of(name: str) -> str:
    return f"planted{name.replace('-', '')}"
