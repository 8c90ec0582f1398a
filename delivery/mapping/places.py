"""Where everything is, from the catalogue alone: apps, environments, namespaces, services, routes. Pure."""

from collections.abc import Iterator

from catalogue import names, pods
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.catalogue import Catalogue
from catalogue.models.component import Component
from catalogue.models.shape import Environment


class ServicePlace(Model):
    """One component: its Service, its pods and the addresses at which it answers."""

    component: str
    name: str
    namespace: str
    pods: str
    """Like `1` or `3-10`; in staging as the slot's owner."""
    url: str | None
    """None: not reachable from outside."""
    dev_url: str | None

    @property
    def unit(self) -> str:
        """The word after the number of pods."""
        return "pod" if self.pods == "1" else "pods"


class AppPlace(Model):
    """One app in one environment."""

    app: str
    title: str
    environment: Environment
    namespaces: tuple[str, ...]
    host: str
    entry: str | None
    """The host that it answers under too, in its slot."""
    slot: str | None
    services: tuple[ServicePlace, ...]
    databases: tuple[str, ...]
    key_prefix: str


class Common(Model):
    """What all apps share: the services by name with host and port, and where images are built."""

    services: dict[str, str]
    build: str


def common(catalogue: Catalogue) -> Common:
    """The shared services and the build namespace."""
    services = catalogue.platform.services
    found = {
        "postgres": services.postgres,
        "redis": services.redis,
        "prometheus": services.prometheus,
        "grafana": services.grafana,
    }
    return Common(
        services={name: f"{one.host}:{one.port}" for name, one in found.items()},
        build=catalogue.platform.build.namespace,
    )


def places(catalogue: Catalogue) -> tuple[AppPlace, ...]:
    """Every app and NEXIA in every environment that it runs in."""
    return tuple(
        _place(catalogue, app, environment)
        for app in (*catalogue.apps, catalogue.nexia)
        for environment in names.environments_of(app)
    )


def _place(catalogue: Catalogue, app: App, environment: Environment) -> AppPlace:
    platform = catalogue.platform
    stems = app.data.databases
    return AppPlace(
        app=app.name,
        title=app.title,
        environment=environment,
        namespaces=names.namespaces(platform, app, environment),
        host=names.host(platform, app, environment),
        entry=names.entry(platform, environment),
        slot=str(app.slot) if app.slot and environment == "staging" else None,
        services=tuple(_services(catalogue, app, environment)),
        databases=tuple(dict.fromkeys(names.database(platform, stem, environment) for stem in stems)),
        key_prefix=names.key_prefix(app, environment),
    )


def _services(catalogue: Catalogue, app: App, environment: Environment) -> Iterator[ServicePlace]:
    for name, component in app.components.items():
        yield ServicePlace(
            component=name,
            name=names.deployment(component, environment),
            namespace=names.namespace(catalogue.platform, app, component, environment),
            pods=_pods(catalogue, app, name, environment),
            url=_url(catalogue, app, component, environment),
            dev_url=f"http://localhost:{component.dev_port}" if environment == "dev" else None,
        )


def _url(catalogue: Catalogue, app: App, component: Component, environment: Environment) -> str | None:
    if component.path is None:
        return None
    scheme = "https" if names.place(catalogue.platform, environment).tls else "http"
    return f"{scheme}://{names.host(catalogue.platform, app, environment)}{component.path}"


def _pods(catalogue: Catalogue, app: App, component: str, environment: Environment) -> str:
    scaling = pods.autoscaling(app, app.components[component], environment)
    if scaling:
        return f"{scaling.min}-{scaling.max}"
    return str(pods.replicas(catalogue.platform, app, component, environment))
