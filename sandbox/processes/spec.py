"""What the supervisor needs to know of a process."""

import hashlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.kube import KubeClient
from sandbox.layout import CHECKOUT, Layout
from sandbox.settings import Credentials, Settings


@dataclass(frozen=True)
class Context:
    """Everything a process's description is made from; nothing else is read."""

    layout: Layout
    settings: Settings
    credentials: Credentials
    programs: dict[str, Path]

    def port(self, name: str) -> int:
        """Return the loopback port chosen for `name`."""
        return self.settings.ports[name]

    def program(self, name: str) -> str:
        """Return the path of a built tool; before it is built, its name, enough to describe it."""
        return str(self.programs.get(name, name))

    def kube(self, user: str = "blueocean:admin") -> KubeClient:
        """Return a client for this sandbox's API server."""
        return KubeClient(
            self.port("kube-apiserver"), self.credentials.tokens[user], self.layout.pki / "ca.crt"
        )

    def kubeconfig(self, user: str) -> str:
        """Return the path of a control-plane process's own kubeconfig."""
        return str(self.layout.pki / f"{user.rpartition(':')[2]}.kubeconfig")


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class ProcessSpec:
    """How one process starts, when it is healthy, and how it stops.

    `healthy` returns None when all is well, else a short reason; it may raise OSError for "no answer".
    `wave` orders the start: equal waves start together, and a wave starts when the one before is healthy.
    `salt` is what, besides command and environment, makes a running process outdated when it changes.
    """

    name: str
    wave: int
    command: tuple[str, ...]
    healthy: Callable[[], str | None]
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = nothing
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    salt: str = ""

    @property
    def fingerprint(self) -> str:
        """Identify the way it was started, without its secrets being readable."""
        text = repr((self.command, sorted(self.environment.items()), self.salt))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def go_environment(memory: str, **more: str) -> dict[str, str]:
    """Return what keeps a server written in Go small: a soft limit of its memory, and one core.

    Whatever the caller's own environment says of Go's runtime.

    A sandbox has five of them, and they are guests. Idle threads that look for work, and a collector on every
    core, cost a third of their CPU at rest and a sixth at work; on two cores no command gets slower by it.
    """
    return {"GOMAXPROCS": "1", "GOMEMLIMIT": memory, "GOGC": "100", **more}


def python_module(module: str, context: Context) -> tuple[str, ...]:
    """Return the command of one of our own processes."""
    return (sys.executable, "-m", module, "--root", str(context.layout.root))


def python_environment() -> dict[str, str]:
    """Return what our own processes need to find this checkout and to write their log at once.

    Their source is part of it, by digest: after a change of it, the next `up` starts them anew.
    """
    digest = hashlib.sha256()
    for room in ("sandbox", "sandbox/containers", "sandbox/forkserver"):
        for path in sorted((CHECKOUT / room).glob("*.py")):
            digest.update(path.read_bytes())
    source = digest.hexdigest()[:16]
    return {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", "BLUEOCEAN_SOURCE": source}
