"""Every address that is derived can be one."""

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from catalogue import names
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.text import DnsName
from catalogue.problem import Problem
from catalogue.source import Source, Sources

_MAX_NAMESPACE = 63


def check_addresses(sources: Sources) -> Iterator[Problem]:
    """Hosts are DNS names, namespaces are labels, and a path leads to one component."""
    for source in sources.everyone():
        yield from _paths(source)
        if sources.platform:
            yield from _hosts(source, sources.platform.model)
            yield from _namespaces(source, sources.platform.model)


def _paths(source: Source[App]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, component in source.model.components.items():
        if component.path and owners.setdefault(component.path, name) != name:
            message = f"is already the path of {owners[component.path]}"
            yield source.problem(("components", name, "path"), message, "give each component its own path")


def _hosts(source: Source[App], platform: Platform) -> Iterator[Problem]:
    dns_name: TypeAdapter[str] = TypeAdapter(DnsName)
    for environment in names.environments_of(source.model):
        host = names.host(platform, source.model, environment)
        try:
            dns_name.validate_python(host)
        except ValidationError:
            message = f"gives the host {host} in {environment}, which is no DNS name"
            cure = f"correct environments.{environment}.host in catalogue/platform.yaml, or set hosts"
            yield source.problem(("name",), message, cure)


def _namespaces(source: Source[App], platform: Platform) -> Iterator[Problem]:
    for environment in names.environments_of(source.model):
        for name in names.namespaces(platform, source.model, environment):
            if len(name) > _MAX_NAMESPACE or "." in name or "_" in name:
                message = f"gives the namespace {name} in {environment}, which is no DNS label"
                cure = f"correct environments.{environment}.namespace in catalogue/platform.yaml"
                yield source.problem(("name",), message, cure)
