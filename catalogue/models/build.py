"""Where and how images are built."""

from typing import Annotated

from pydantic import PositiveInt

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.grammar import Grammar
from catalogue.models.quantity import Resources
from catalogue.models.text import DnsLabel, Label

PinnedImage = Annotated[
    str,
    Grammar(
        r"[a-z0-9.-]+(/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?@sha256:[0-9a-f]{64}",
        "is no image with a digest; write registry/name:tag@sha256: and 64 hexadecimal digits",
    ),
]
Repository = Annotated[
    str,
    Grammar(
        r"[a-z0-9.-]+(/[A-Za-z0-9._-]+)+",
        "is no repository; write host and path without scheme, like github.com/team/project",
    ),
]
Commit = Annotated[
    str, Grammar("[0-9a-f]{40}", "is no commit; write all 40 hexadecimal digits, a branch can move")
]


class Build(Model):
    """The build room: a namespace, and what a build in it may take."""

    namespace: DnsLabel
    builder: PinnedImage
    """The executor of the maintained Kaniko fork, by digest."""
    repository: Repository
    """The private git repository with every app's sources, read over https."""
    resources: Resources
    """Of one build."""
    parallel: PositiveInt
    """How many builds may run at once; the namespace's quota is this times the resources."""
    deadline: Duration
    """A build that takes longer is ended."""
    keep: Duration
    """How long a finished build stays to be looked at."""


class BuildOrder(Model):
    """One image to build: of an app, from a commit of the repository."""

    app: Label
    image: Label
    commit: Commit

    @property
    def version(self) -> str:
        """The image's tag: the commit's first twelve digits."""
        return self.commit[:12]
