"""No two figures say different things about the same trouble (D-8)."""

from collections.abc import Iterator
from itertools import pairwise

from catalogue.models.alert import Alert
from catalogue.models.base import Model
from catalogue.models.platform import Platform
from catalogue.problem import Problem
from catalogue.source import Source, Sources


def check_thresholds(sources: Sources) -> Iterator[Problem]:
    """The ladder climbs; performance alerts stand on its steps; error alerts come before the rollback."""
    if not sources.platform:
        return
    platform = sources.platform.model
    yield from _climbing(sources.platform)
    yield from _fitting(sources.platform, platform.alerts, platform)
    for source in sources.everyone():
        yield from _fitting(source, source.model.alerts, platform)


def _climbing(source: Source[Platform]) -> Iterator[Problem]:
    for (lower, mild), (higher, grave) in pairwise(source.model.ladder.steps().items()):
        if mild >= grave:
            message = f"is not above {lower}, which is {mild}%"
            yield source.problem(("ladder", higher), message, f"choose more than {mild}%, or lower {lower}")


def _fitting(source: Source[Model], alerts: dict[str, Alert], platform: Platform) -> Iterator[Problem]:
    steps = sorted(set(platform.ladder.steps().values()))
    most = platform.rollback.error_rate.above
    for name, alert in alerts.items():
        path = ("alerts", name, "above")
        if alert.signal == "performance-down" and alert.above not in steps:
            cure = f"choose one of {', '.join(f'{step}%' for step in steps)}, or change the ladder"
            yield source.problem(path, "is no step of the platform's ladder", cure)
        if alert.signal == "error-rate" and alert.above is not None and alert.above >= most:
            message = f"comes no earlier than the automatic rollback at {most}%"
            yield source.problem(path, message, f"choose less than {most}%")
