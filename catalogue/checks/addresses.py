"""Every name that is derived can be one, and is one app's."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from catalogue import names
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment
from catalogue.models.text import SQL_NAME, DnsLabel, DnsName
from catalogue.problem import Problem
from catalogue.source import Source, Sources

_PLACEHOLDERS = (
    ("dev", "namespace", "{app}"),
    ("dev", "host", "{app}"),
    ("dev", "database", "{stem}"),
    ("dev", "role", "{stem}"),
    ("staging", "host", "{app}"),
    ("staging", "role", "{stem}"),
    ("prod", "namespace", "{app}"),
    ("prod", "host", "{app}"),
    ("prod", "database", "{stem}"),
    ("prod", "role", "{stem}"),
)
_DNS_CURE = "use letters, digits and dashes, 63 between dots"
_KINDS: dict[str, tuple[TypeAdapter[str], str]] = {
    "DNS name": (TypeAdapter(DnsName), _DNS_CURE),
    "DNS label": (TypeAdapter(DnsLabel), _DNS_CURE),
    "SQL identifier": (
        TypeAdapter(Annotated[str, SQL_NAME]),
        "use lower-case letters, digits and underscores, at most 63, and no name of Postgres' own",
    ),
}


def check_addresses(sources: Sources) -> Iterator[Problem]:
    """Templates tell the apps apart and give names that DNS and SQL take; a path has one component."""
    for source in sources.everyone():
        yield from _paths(source)
    if sources.platform:
        yield from _templates(sources.platform)
        yield from _derived(sources.platform, [source.model for source in sources.everyone()])


def _paths(source: Source[App]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, component in source.model.components.items():
        if component.path and owners.setdefault(component.path, name) != name:
            message = f"is already the path of {owners[component.path]}"
            yield source.problem(("components", name, "path"), message, "give each component its own path")


def _templates(source: Source[Platform]) -> Iterator[Problem]:
    for environment, key, placeholder in _PLACEHOLDERS:
        template = getattr(getattr(source.model.environments, environment), key)
        if placeholder not in template:
            message = f"lacks {placeholder}, so that all apps would get the same {key}"
            yield source.problem(("environments", environment, key), message, f"put {placeholder} into it")


def _derived(source: Source[Platform], apps: list[App]) -> Iterator[Problem]:
    """One problem for each template, with the first app that it fails for."""
    reported: set[tuple[str, str, str]] = set()
    for app in apps:
        for environment in names.environments_of(app):
            for key, kind, derived in _names(source.model, app, environment):
                path = ("environments", environment, key)
                if path not in reported and not _fits(kind, derived):
                    reported.add(path)
                    message = f"gives {app.name} the {key} {derived}, which is no {kind}"
                    yield source.problem(path, message, _KINDS[kind][1])


def _names(platform: Platform, app: App, environment: Environment) -> Iterator[tuple[str, str, str]]:
    yield "host", "DNS name", names.host(platform, app, environment)
    for name in names.namespaces(platform, app, environment):
        yield "namespace", "DNS label", name
    for stem in app.data.databases:
        yield "database", "SQL identifier", names.database(platform, stem, environment)
        yield "role", "SQL identifier", names.owner(platform, stem, environment)  # the longest of its names


def _fits(kind: str, text: str) -> bool:
    try:
        _KINDS[kind][0].validate_python(text)
    except ValidationError:
        return False
    return True
