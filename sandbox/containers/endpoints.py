"""Where the shared services answer on loopback, as one environment variable.

Apart from `services`, which knows servers and settings: a command that only reads the variable starts in a
sixth of the time.
"""

from collections.abc import Mapping

VARIABLE = "BLUEOCEAN_SANDBOX_SERVICES"
Endpoints = Mapping[tuple[str, int], int]
"""Host and port in the cluster or outside it, to the port on loopback."""


def text(known: Endpoints) -> str:
    """Render endpoints for the variable: `host:port=local` separated by commas."""
    return ",".join(f"{host}:{port}={local}" for (host, port), local in known.items())


def parse(rendered: str) -> dict[tuple[str, int], int]:
    """Read what `text` rendered."""
    found = {}
    for entry in filter(None, rendered.split(",")):
        name, _, local = entry.partition("=")
        host, _, port = name.rpartition(":")
        found[host, int(port)] = int(local)
    return found
