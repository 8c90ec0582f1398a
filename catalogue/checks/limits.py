"""What a pod asks for fits in what it may use, and pods fit where they have to."""

from collections.abc import Iterator

from catalogue import pods
from catalogue.document import Path
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.quantity import Resources, amount
from catalogue.problem import Problem
from catalogue.source import Source, Sources


def check_limits(sources: Sources) -> Iterator[Problem]:
    """Requests stay within limits; staging's totals can be shared out to its pods."""
    for source in sources.everyone():
        for path, resources in _asked(source.model):
            yield from _exceeding(source, path, resources)
    if sources.platform:
        environments = sources.platform.model.environments
        dev, staging = ("environments", "dev", "resources"), ("environments", "staging", "total")
        yield from _exceeding(sources.platform, dev, environments.dev.resources)
        yield from _exceeding(sources.platform, staging, environments.staging.total)
        for name, server in sources.platform.model.services.sizes:
            place = ("services", "sizes", name, "resources")
            yield from _exceeding(sources.platform, place, server.resources)
        try:
            pods.quarter(environments.staging)
        except ValueError as error:
            share = f"cannot be shared by {environments.staging.max_pods} pods: {error}"
            yield sources.platform.problem(staging, share, "choose totals that divide evenly")


def _asked(app: App) -> Iterator[tuple[Path, Resources]]:
    if app.resources:
        yield ("resources",), app.resources
    for name, component in app.components.items():
        if component.resources:
            yield ("components", name, "resources"), component.resources


def _exceeding(source: Source[Model], path: Path, resources: Resources) -> Iterator[Problem]:
    for kind in ("memory", "cpu"):
        asked, allowed = getattr(resources.requests, kind), getattr(resources.limits, kind)
        if amount(asked) > amount(allowed):
            message, cure = f"is above its limit {allowed}", f"ask for at most {allowed}, or raise the limit"
            yield source.problem((*path, "requests", kind), message, cure)
