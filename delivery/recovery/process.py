"""What recovery knows of a running process. Nothing here looks at the machine: the facts are handed in."""

import re

from catalogue.models.base import Model

_ADDRESS = re.compile(r"(?:^|=)(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)$")
_PLUGIN = re.compile(r"(?:^|/)pulumi-(?:resource|language|analyzer|converter|tool)-[\w-]+$")
_MODULES = ("sandbox.plugins.", "pulumi.policy")


class ProcessFact(Model):
    """One process: `started` in seconds since the epoch, `backend` and `home` as its environment names them.

    `readable` is False when the environment of the process could not be read: then its backend is unknown.
    """

    pid: int
    parent: int
    name: str
    started: float
    arguments: tuple[str, ...] = ()
    backend: str | None = None
    home: str | None = None
    readable: bool = True

    @property
    def is_engine(self) -> bool:
        """Whether this is a Pulumi engine."""
        return self.name == "pulumi"

    @property
    def is_plugin(self) -> bool:
        """Whether this is something that an engine starts: a plugin, official or stand-in, or its program."""
        head = self.arguments[:4]
        return any(_PLUGIN.search(word) or word.startswith(_MODULES) for word in head)

    @property
    def engine_ports(self) -> tuple[int, ...]:
        """The loopback ports among its arguments: where its engine listens."""
        found = (_ADDRESS.search(word) for word in self.arguments)
        return tuple(int(match.group(1)) for match in found if match)
