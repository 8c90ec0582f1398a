"""Nothing that has to be one app's own, or the platform's, is claimed twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import names
from catalogue.document import Path
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment
from catalogue.problem import Problem
from catalogue.source import Source, Sources


@dataclass(frozen=True)
class Claim:
    """An app's claim to a thing, e.g. the dev port 7001, made by the key at `path`."""

    kind: str
    thing: str
    path: Path


def check_unique(sources: Sources) -> Iterator[Problem]:
    """Names, images, dev ports, hosts, namespaces, databases, key prefixes and phrases."""
    platform = sources.platform.model if sources.platform else None
    claims = [(source, claim) for source in sources.everyone() for claim in _claims(source.model, platform)]
    claims.sort(key=lambda one: one[1].path[0] != "name")  # who sets a name of its own gives way
    owners: dict[tuple[str, str], tuple[Source[App], Path]] = {}
    reported: set[tuple[str, str, Path]] = set()
    for source, claim in claims:
        owner, path = owners.setdefault((claim.kind, claim.thing), (source, claim.path))
        again = (source.document.file, claim.kind, claim.path)
        if (owner is source and path == claim.path) or again in reported:
            continue
        reported.add(again)
        place = f"{owner.document.file}:{owner.document.line(path)}"
        message = f"claims the {claim.kind} {claim.thing} of {owner.model.name} ({place})"
        yield source.problem(claim.path, message, f"give one of them another {claim.kind}")
    if platform:
        yield from _entry(sources, platform)


def _entry(sources: Sources, platform: Platform) -> Iterator[Problem]:
    """The shared staging's entry changes hands: it can be no app's own host, in no environment."""
    entry = platform.environments.staging.entry
    for source in sources.everyone():
        for environment in names.environments_of(source.model):
            host, path = _host(source.model, platform, environment)
            if host == entry:
                message = f"claims the host {entry}, the shared staging's entry"
                yield source.problem(path, message, "give one of them another host")


def _claims(app: App, platform: Platform | None) -> Iterator[Claim]:
    yield Claim("name", app.name, ("name",))
    if app.phrase:
        yield Claim("phrase", app.phrase, ("phrase",))
    yield Claim("key prefix", app.data.key_prefix, ("data", "key_prefix"))
    for name, component in app.components.items():
        yield Claim("image", component.image, ("components", name, "image"))
        yield Claim("dev port", str(component.dev_port), ("components", name, "dev_port"))
    if platform:
        for environment in names.environments_of(app):
            yield from _derived(app, platform, environment)


def _derived(app: App, platform: Platform, environment: Environment) -> Iterator[Claim]:
    """Where a template lacks its placeholder, check_addresses says so, once instead of for every app."""
    place = names.place(platform, environment)
    own = getattr(app.hosts, environment)
    if own or "{app}" in place.host:
        yield Claim("host", *_host(app, platform, environment))
    if environment == "staging":
        return
    for place_in_list, stem in enumerate(app.data.databases):
        if "{stem}" in place.database:
            database = names.database(platform, stem, environment)
            yield Claim("database", database, ("data", "databases", place_in_list))
    if app.namespaces or "{app}" in place.namespace:
        for namespace in names.namespaces(platform, app, environment):
            path: Path = ("namespaces", environment) if app.namespaces else ("name",)
            yield Claim("namespace", namespace, path)


def _host(app: App, platform: Platform, environment: Environment) -> tuple[str, Path]:
    """The app's host, and the key that it comes from."""
    path: Path = ("hosts", environment) if getattr(app.hosts, environment) else ("name",)
    return names.host(platform, app, environment), path
