"""Every component knows how many pods it has in production, and how large they are."""

from collections.abc import Iterator

from catalogue.document import Path
from catalogue.models.app import App
from catalogue.models.autoscaling import Autoscaling
from catalogue.problem import Problem
from catalogue.source import Source, Sources


def check_scaling(sources: Sources) -> Iterator[Problem]:
    """Bounds the right way round, nothing left open, volumes that all pods can mount."""
    for source in sources.everyone():
        for path, bounds in _bounds(source.model):
            if bounds.min > bounds.max:
                message = f"is above max, which is {bounds.max}"
                yield source.problem((*path, "min"), message, "let min be at most max")
        yield from _open(source)
        yield from _lonely_volumes(source)
    if sources.platform:
        staging = sources.platform.model.environments.staging
        if staging.min_pods > staging.max_pods:
            message = f"is above max_pods, which is {staging.max_pods}"
            path = ("environments", "staging", "min_pods")
            yield sources.platform.problem(path, message, "let min_pods be at most max_pods")


def _bounds(app: App) -> Iterator[tuple[Path, Autoscaling]]:
    if app.autoscaling:
        yield ("autoscaling",), app.autoscaling
    for name, component in app.components.items():
        if component.autoscaling:
            yield ("components", name, "autoscaling"), component.autoscaling


def _open(source: Source[App]) -> Iterator[Problem]:
    app = source.model
    for name, component in app.components.items():
        for key in ("autoscaling", "resources"):
            missing = getattr(component, key) is None and getattr(app, key) is None
            if missing and not source.cuts & {"components", key}:
                cure = f"add {key} to the component or to the app"
                yield source.problem(("components", name), f"has no {key} for production", cure)


def _lonely_volumes(source: Source[App]) -> Iterator[Problem]:
    app = source.model
    for name, component in app.components.items():
        bounds = component.autoscaling or app.autoscaling
        for key, volume in component.volumes.items():
            if bounds and bounds.max > 1 and volume.access == "ReadWriteOnce":
                message = f"can be mounted on one node only, but {name} has up to {bounds.max} pods"
                yield source.problem(
                    ("components", name, "volumes", key), message, "write access: ReadWriteMany"
                )
