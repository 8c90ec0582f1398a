"""What one key names, another one defines."""

from collections.abc import Iterator

from catalogue import names
from catalogue.document import Path
from catalogue.models.alert import Alert
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.problem import Problem
from catalogue.refusal import nearest
from catalogue.source import Source, Sources


def check_references(sources: Sources) -> Iterator[Problem]:
    """Rollback names are the Deployments; alerts name components and reactions; components name databases."""
    platform = sources.platform
    reactions = list(platform.model.reactions) if platform and "reactions" not in platform.cuts else None
    for source in sources.everyone():
        if not source.cuts & {"components", "rollback"}:
            yield from _rollback(source)
        if not source.cuts & {"components", "data"}:
            yield from _databases(source)
        if "components" not in source.cuts:
            yield from _components(source)
        if reactions is not None:
            yield from _reactions(source, source.model.alerts, reactions)
            yield from _unknown(source, ("rollback", "notify"), source.model.rollback.notify, reactions)
    if platform and reactions is not None:
        yield from _reactions(platform, platform.model.alerts, reactions)


def _rollback(source: Source[App]) -> Iterator[Problem]:
    app = source.model
    produced = [names.deployment(one, "prod") for one in app.components.values()]
    listed = app.rollback.deployments
    for place, name in enumerate(listed):
        path = ("rollback", "deployments", place)
        if name not in produced:
            yield source.problem(path, "is a Deployment that no component produces", nearest(name, produced))
        elif name in listed[:place]:
            yield source.problem(path, "is listed twice", "keep one of the two")
    for name in produced:
        if name not in listed and len(listed) < len(
            produced
        ):  # else some listed name is wrong, as said above
            yield source.problem(("rollback", "deployments"), f"forgets {name}", "add it to the list")


def _databases(source: Source[App]) -> Iterator[Problem]:
    app = source.model
    stems = app.data.databases
    for name, component in app.components.items():
        path = ("components", name, "database")
        if component.database and component.database not in stems:
            yield source.problem(path, "is none of data.databases", nearest(component.database, list(stems)))
        if component.database and "database" not in component.uses:
            yield source.problem(path, "is named, but `uses` lacks database", "remove one of the two")


def _components(source: Source[App]) -> Iterator[Problem]:
    known = list(source.model.components)
    for name, alert in source.model.alerts.items():
        if alert.component and alert.component not in known:
            path = ("alerts", name, "component")
            yield source.problem(path, "is no component of the app", nearest(alert.component, known))


def _reactions(source: Source[Model], alerts: dict[str, Alert], known: list[str]) -> Iterator[Problem]:
    for name, alert in alerts.items():
        yield from _unknown(source, ("alerts", name, "then"), alert.then, known)


def _unknown(
    source: Source[Model], path: Path, given: tuple[str, ...], known: list[str]
) -> Iterator[Problem]:
    for place, name in enumerate(given):
        if name not in known:
            message = "is no reaction of catalogue/platform.yaml"
            yield source.problem((*path, place), message, nearest(name, known))
