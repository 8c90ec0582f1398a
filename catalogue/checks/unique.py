"""Nothing that has to be one app's own is claimed twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import names
from catalogue.document import Path
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment
from catalogue.problem import Problem
from catalogue.source import Source, Sources

_LASTING: tuple[Environment, ...] = ("dev", "prod")


@dataclass(frozen=True)
class Claim:
    """An app's claim to a thing, e.g. the dev port 7001, made by the key at `path`."""

    kind: str
    thing: str
    path: Path


def check_unique(sources: Sources) -> Iterator[Problem]:
    """Names, images, dev ports, hosts, namespaces, databases, key prefixes and phrases."""
    platform = sources.platform.model if sources.platform else None
    owners: dict[tuple[str, str], tuple[Source[App], Path]] = {}
    for source in sources.everyone():
        reported: set[tuple[str, Path]] = set()
        for claim in _claims(source.model, platform):
            owner, path = owners.setdefault((claim.kind, claim.thing), (source, claim.path))
            mine = owner is source and path == claim.path
            if mine or (claim.kind, claim.path) in reported:
                continue
            reported.add((claim.kind, claim.path))
            yield _twice(source, claim, owner)


def _twice(source: Source[App], claim: Claim, owner: Source[App]) -> Problem:
    other = f"{owner.model.name} ({owner.document.file}:{owner.document.line(claim.path[:1])})"
    thing = f"{claim.kind} {claim.thing}"
    return source.problem(
        claim.path, f"claims the {thing}, which is also {other}'s", f"give one of them another {claim.kind}"
    )


def _claims(app: App, platform: Platform | None) -> Iterator[Claim]:
    yield Claim("app name", app.name, ("name",))
    if app.phrase:
        yield Claim("phrase", app.phrase, ("phrase",))
    yield Claim("key prefix", app.data.key_prefix, ("data", "key_prefix"))
    for place, stem in enumerate(app.data.databases):
        yield Claim("database stem", stem, ("data", "databases", place))
    for name, component in app.components.items():
        yield Claim("image", component.image, ("components", name, "image"))
        yield Claim("dev port", str(component.dev_port), ("components", name, "dev_port"))
    if platform:
        yield from _derived(app, platform)


def _derived(app: App, platform: Platform) -> Iterator[Claim]:
    for environment in names.environments_of(app):
        own = getattr(app.hosts, environment)
        path: Path = ("hosts", environment) if own else ("name",)
        yield Claim("host", names.host(platform, app, environment), path)
    for environment in _LASTING:
        for place, stem in enumerate(app.data.databases):
            database = names.database(platform, stem, environment)
            yield Claim("database", database, ("data", "databases", place))
        yield from _namespaces(app, platform, environment)


def _namespaces(app: App, platform: Platform, environment: Environment) -> Iterator[Claim]:
    """One claim for each namespace: components of one app may share theirs."""
    for namespace in names.namespaces(platform, app, environment):
        path: Path = ("namespaces", environment) if app.namespaces else ("name",)
        yield Claim("namespace", namespace, path)
