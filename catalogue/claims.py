"""What an app or the platform has for itself, and the key that says so. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import names, tenants
from catalogue.document import Path
from catalogue.models.app import App
from catalogue.models.component import Component
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment


@dataclass(frozen=True)
class Claim:
    """A claim to a thing, e.g. the dev port 7001, made by the key at `path` for an environment or for all."""

    kind: str
    thing: str
    path: Path
    environment: Environment | None = None


def app_claims(app: App, platform: Platform | None) -> Iterator[Claim]:
    """All of the app's; without a platform those that no template makes."""
    yield Claim("name", app.name, ("name",))
    if app.phrase:
        yield Claim("phrase", app.phrase, ("phrase",))
    yield Claim("key prefix", tenants.dashed(app.data.key_prefix), ("data", "key_prefix"))
    for name, component in app.components.items():
        yield Claim("image", component.image, ("components", name, "image"))
        yield Claim("dev port", str(component.dev_port), ("components", name, "dev_port"))
    if platform:
        for environment in names.environments_of(app):
            yield from _derived(app, platform, environment)


def platform_claims(platform: Platform) -> Iterator[Claim]:
    """What changes hands in staging, and the namespaces of builds and shared servers."""
    staging = platform.environments.staging
    yield Claim("database", staging.database, ("environments", "staging", "database"))
    yield Claim("host", staging.entry, ("environments", "staging", "entry"))
    yield Claim("namespace", staging.namespace, ("environments", "staging", "namespace"))
    yield Claim("namespace", platform.build.namespace, ("build", "namespace"))
    yield from _homes(platform)


def _derived(app: App, platform: Platform, environment: Environment) -> Iterator[Claim]:
    """Where a template lacks its placeholder, check_addresses says so, once instead of for every app."""
    place = names.place(platform, environment)
    own = getattr(app.hosts, environment)
    if own or "{app}" in place.host:
        path: Path = ("hosts", environment) if own else ("name",)
        yield Claim("host", names.host(platform, app, environment), path, environment)
    for number, stem in enumerate(app.data.databases):
        path = ("data", "databases", number)
        if "{stem}" in place.database:
            yield Claim("database", names.database(platform, stem, environment), path, environment)
        if "{stem}" in place.role:
            yield Claim("role", names.role(platform, stem, environment), path, environment)
            yield Claim("role", names.owner(platform, stem, environment), path, environment)
    yield from _namespaces(app, platform, environment)


def _namespaces(app: App, platform: Platform, environment: Environment) -> Iterator[Claim]:
    """Each once: components may share one."""
    found = {
        names.namespace(platform, app, one, environment): _namespace_key(app, key, one, environment)
        for key, one in app.components.items()
    }
    for name, path in found.items():
        if path != ("name",) or "{app}" in names.place(platform, environment).namespace:
            yield Claim("namespace", name, path, environment)


def _namespace_key(app: App, key: str, component: Component, environment: Environment) -> Path:
    if environment == "prod" and component.namespace:
        return ("components", key, "namespace")
    return ("namespaces", environment) if app.namespaces and environment != "staging" else ("name",)


def _homes(platform: Platform) -> Iterator[Claim]:
    """The namespaces of the shared servers, each once: `<name>.<namespace>.svc.cluster.local`."""
    found: dict[str, Path] = {}
    for name in ("postgres", "redis", "prometheus", "grafana"):
        parts = getattr(platform.services, name).host.split(".")
        if parts[2:3] == ["svc"]:
            found.setdefault(parts[1], ("services", name, "host"))
    yield from (Claim("namespace", home, path) for home, path in found.items())
