"""Which apps a stack holds: the one place where project and stack names meet the catalogue."""

from pathlib import Path
from typing import NamedTuple, get_args

from catalogue.derive import app_shape, require_images
from catalogue.load import load, load_releases
from catalogue.models.platform import Platform
from catalogue.models.shape import AppShape, Environment
from catalogue.names import environments_of

NEXIA = "nexia"
"""The project of NEXIA. Every other project name is the apps'."""


class StackContent(NamedTuple):
    """What a program makes resources of."""

    platform: Platform
    apps: tuple[AppShape, ...]


def stack_content(root: Path, project: str, stack: str) -> StackContent:
    """The apps of the project in the environment that the stack is named after.

    Reads catalogue/ and releases/ below `root`. Raises ValueError for a stack that no environment is called
    like, CatalogueError with every problem of the files.
    """
    environment = _environment(stack)
    catalogue = load(root)
    every = (catalogue.nexia,) if project == NEXIA else catalogue.apps
    apps = [app for app in every if environment in environments_of(app)]
    releases = load_releases(f"{NEXIA}-{stack}" if project == NEXIA else stack, root)
    require_images(apps, releases)
    mark = f"{project}.{stack}"
    shapes = tuple(app_shape(catalogue.platform, app, environment, releases, mark) for app in apps)
    return StackContent(catalogue.platform, shapes)


def _environment(stack: str) -> Environment:
    known: tuple[Environment, ...] = get_args(Environment)
    for one in known:
        if one == stack:
            return one
    raise ValueError(f"no environment is called {stack!r}; name the stack after one of {', '.join(known)}")
