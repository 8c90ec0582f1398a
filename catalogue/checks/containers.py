"""What a component brings into its container stands beside what is there already."""

from collections.abc import Iterator

from catalogue.models.app import App
from catalogue.models.container import IDENTITY, POSTGRES_KEYS, REDIS_KEYS, VOLUMES
from catalogue.problem import Problem
from catalogue.source import Source, Sources


def check_containers(sources: Sources) -> Iterator[Problem]:
    """No volume of the platform's name or in its place, none on another; no variable of the platform."""
    for source in sources.everyone():
        yield from _volumes(source)
        yield from _settings(source)


def _volumes(source: Source[App]) -> Iterator[Problem]:
    for component, one in source.model.components.items():
        taken = {mount: f"the platform's {name}" for name, mount in VOLUMES.items()}
        for name, volume in one.volumes.items():
            path, mount = ("components", component, "volumes", name), volume.mount
            if name in VOLUMES:
                yield source.problem(path, "is the name of a volume of the platform", "choose another")
            above = next((place for place in VOLUMES.values() if f"{mount}/".startswith(f"{place}/")), mount)
            if above in taken:
                message = f"lies where {taken[above]} is mounted"
                yield source.problem((*path, "mount"), message, "choose a directory of its own")
            taken.setdefault(mount, name)


def _settings(source: Source[App]) -> Iterator[Problem]:
    """The key is told in the message: beside a key stands its value, which may be a secret."""
    for component, one in source.model.components.items():
        for key in one.settings:
            if key.startswith(IDENTITY) or key in POSTGRES_KEYS + REDIS_KEYS:
                message = f"{key} is set by the platform, which would ignore this one"
                yield source.problem(("components", component, "settings"), message, "remove or rename it")
