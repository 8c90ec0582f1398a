"""The names that the platform gives an app's things in an environment. Pure."""

from catalogue.models.app import App
from catalogue.models.component import Component
from catalogue.models.environment import Place
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment


def place(platform: Platform, environment: Environment) -> Place:
    """What the environment decides for every app."""
    environments = platform.environments
    places: dict[Environment, Place] = {
        "dev": environments.dev,
        "staging": environments.staging,
        "prod": environments.prod,
    }
    return places[environment]


def environments_of(app: App) -> tuple[Environment, ...]:
    """Where the app runs: only the critical tier has a share of staging."""
    return ("dev", "staging", "prod") if app.tier == "critical" else ("dev", "prod")


def namespace(platform: Platform, app: App, component: Component, environment: Environment) -> str:
    """Where the component's pods run: in production its own namespace, else the app's or the template's."""
    if environment == "prod" and component.namespace:
        return component.namespace
    if app.namespaces and environment == "dev":
        return app.namespaces.dev
    if app.namespaces and environment == "prod":
        return app.namespaces.prod
    return place(platform, environment).namespace.format(app=app.name, stem=app.name)


def namespaces(platform: Platform, app: App, environment: Environment) -> tuple[str, ...]:
    """All namespaces with pods of the app, each once, the app's own first."""
    found = [namespace(platform, app, one, environment) for one in app.components.values()]
    return tuple(dict.fromkeys(found))


def host(platform: Platform, app: App, environment: Environment) -> str:
    """The app's host: its own, else the template's, in production with the platform's suffix."""
    own: str | None = getattr(app.hosts, environment)
    if own:
        return own
    name = place(platform, environment).host.format(app=app.name, stem=app.name)
    suffix = platform.domain_suffix if environment == "prod" else ""
    return f"{name}.{suffix}" if suffix else name


def entry(platform: Platform, environment: Environment) -> str | None:
    """The host that all of an environment's apps share in turns: staging has one."""
    return platform.environments.staging.entry if environment == "staging" else None


def database(platform: Platform, stem: str, environment: Environment) -> str:
    """The database of a stem, e.g. nextstep_production; in staging the one that all share."""
    return place(platform, environment).database.format(app=stem, stem=stem)


def role(platform: Platform, stem: str, environment: Environment) -> str:
    """The role that logs in; its tables belong to the `owner`."""
    return place(platform, environment).role.format(app=stem, stem=stem)


def owner(platform: Platform, stem: str, environment: Environment) -> str:
    """The role that owns the tables and never logs in, e.g. nextstep_production_owner."""
    return f"{role(platform, stem, environment)}_owner"


def key_prefix(app: App, environment: Environment) -> str:
    """What all keys and channels of the app start with, e.g. `nextstep:dev:`."""
    return f"{app.data.key_prefix}:{environment}:"


def deployment(component: Component, environment: Environment) -> str:
    """Name of the component's Deployment and Service, as the rollback commands expect it."""
    return f"{component.image}-{environment}"


def priority_class(platform: Platform, app: App) -> str:
    """Of the app's pods in the shared staging, e.g. blueocean-staging-shared-kvibe."""
    return f"{platform.environments.staging.namespace}-{app.name}"
