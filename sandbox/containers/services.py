"""Names that are real servers on loopback here: the shared services, in the cluster and outside it.

The pods of `postgres-central` and the like are pretended; the sandbox's own Postgres and Valkey answer behind
their Services. An alias (ExternalName) leads where it points, and the only hosts outside that lead anywhere
are those of managed databases of the DigitalOcean stand-in: the same two servers answer there too, with the
sandbox's credentials, without TLS, and Valkey with users, which DigitalOcean's lacks.
"""

import http.client
import json
from collections.abc import Callable, Mapping

from sandbox.containers.endpoints import Endpoints
from sandbox.digitalocean.access import TOKEN
from sandbox.kube import Object
from sandbox.processes import postgres, valkey

ServiceOf = Callable[[str, str], Object | None]
"""Namespace and name of a Service to the object, None where there is none."""
_LOOPBACK = "127.0.0.1"
_ENGINES = {"pg": "postgres", "valkey": "valkey"}


def endpoints(ports: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """Return (cluster host, cluster port) -> loopback port for the shared services."""
    return {postgres.SERVICE: ports["postgres"], valkey.SERVICE: ports["valkey"]}


def followed(known: Endpoints, service_of: ServiceOf, outside: Callable[[], Endpoints]) -> Endpoints:
    """Where the names of `known` lead now: by the Service's own port, or through an alias.

    `outside` tells where hosts outside the cluster lead; it is asked only for an alias.
    """
    found: dict[tuple[str, int], int] = {}
    for (host, port), local in known.items():
        name, namespace, *_ = host.split(".")
        spec = (service_of(namespace, name) or {}).get("spec", {})
        if alias := spec.get("externalName"):
            found |= {(host, there): to for (address, there), to in outside().items() if address == alias}
        else:
            found[host, (spec.get("ports") or [{"port": port}])[0]["port"]] = local
    return found


def managed(ports: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """Host and port of each managed database that is online; none while the stand-in is not there."""
    connection = http.client.HTTPConnection(_LOOPBACK, ports.get("digitalocean", 0), timeout=5)
    try:
        connection.request("GET", "/v2/databases", headers={"Authorization": f"Bearer {TOKEN}"})
        clusters = json.loads(connection.getresponse().read())["databases"]
    except (OSError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return {
        (one[kind]["host"], one[kind]["port"]): ports[_ENGINES[one["engine"]]]
        for one in clusters
        for kind in ("connection", "private_connection")
        if one["status"] == "online" and one["engine"] in _ENGINES
    }


def localise(environment: Mapping[str, str], known: Endpoints) -> dict[str, str]:
    """Replace shared services in an environment by where they answer here.

    `host:port` inside any value; a value that is the host, together with the variable of the same name with
    HOST replaced by PORT (PGHOST and PGPORT, REDIS_HOST and REDIS_PORT), unless that says another port.
    Nothing else is touched.
    """
    found = dict(environment)
    for (host, port), local in known.items():
        for name, value in environment.items():
            if f"{host}:{port}" in value:
                found[name] = value.replace(f"{host}:{port}", f"{_LOOPBACK}:{local}")
            elif value == host and environment.get(beside := name.replace("HOST", "PORT")) in {
                None,
                host,
                str(port),
            }:
                found[name] = _LOOPBACK
                if "HOST" in name:
                    found[beside] = str(local)
    return found
