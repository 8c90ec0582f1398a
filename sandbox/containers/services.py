"""Names inside the cluster that are real servers on loopback here."""

from collections.abc import Mapping

from sandbox.processes import postgres, valkey

Endpoints = Mapping[tuple[str, int], int]
_LOOPBACK = "127.0.0.1"


def endpoints(ports: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """Return (cluster host, cluster port) -> loopback port for the shared services."""
    return {postgres.SERVICE: ports["postgres"], valkey.SERVICE: ports["valkey"]}


def localise(environment: Mapping[str, str], known: Endpoints) -> dict[str, str]:
    """Replace shared services in an environment by where they answer here.

    `host:port` inside any value; a value that is the host, together with the variable of the same name with
    HOST replaced by PORT (PGHOST and PGPORT, REDIS_HOST and REDIS_PORT). Nothing else is touched.
    """
    found = dict(environment)
    for (host, port), local in known.items():
        for name, value in environment.items():
            if f"{host}:{port}" in value:
                found[name] = value.replace(f"{host}:{port}", f"{_LOOPBACK}:{local}")
            elif value == host:
                found[name] = _LOOPBACK
                if "HOST" in name:
                    found[name.replace("HOST", "PORT")] = str(local)
    return found


def text(known: Endpoints) -> str:
    """Render endpoints for an environment variable: `host:port=local` separated by commas."""
    return ",".join(f"{host}:{port}={local}" for (host, port), local in known.items())


def parse(rendered: str) -> dict[tuple[str, int], int]:
    """Read what `text` rendered."""
    found = {}
    for entry in filter(None, rendered.split(",")):
        name, _, local = entry.partition("=")
        host, _, port = name.rpartition(":")
        found[host, int(port)] = int(local)
    return found
