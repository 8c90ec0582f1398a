"""ContainerRegistryDockerCredentials: made once, renewed by a refresh once expired, revoked at the end."""

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object

FIFTY_YEARS = 1_576_800_000  # seconds; the default and the most
NOT_FOUND = 404
FRESH = frozenset({"dockerCredentials", "credentialExpirationTime"})


def create(client: Client, inputs: Object) -> str:
    """Nothing yet: `read` makes the credentials that are missing. Fails when there is no such registry."""
    return str(client.get("v2", "registries", str(inputs["registryName"]))["registry"]["name"])


def read(client: Client, _identity: str, known: Object) -> Object | None:
    """What is known while it is good, else new credentials; None when the registry is gone."""
    registry = str(known["registryName"])
    try:
        client.get("v2", "registries", registry)
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    kept = {name: known[name] for name in FRESH if name in known}
    if kept.keys() == FRESH and _in_future(str(kept["credentialExpirationTime"])):
        return {"registryName": registry, **kept}
    life, write = int(known.get("expirySeconds", FIFTY_YEARS)), bool(known.get("write", False))
    query = {"read_write": str(write).lower(), "expiry_seconds": life}
    made = client.get("v2", "registries", registry, "docker-credentials", **query)
    end = (datetime.now(UTC) + timedelta(seconds=life)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"registryName": registry, "dockerCredentials": json.dumps(made), "credentialExpirationTime": end}


def delete(client: Client, _identity: str, known: Object) -> None:
    """Revoke the token; one that the registry took along is fine."""
    auths = json.loads(str(known.get("dockerCredentials", "{}"))).get("auths", {})
    for auth in auths.values():
        token = base64.b64decode(auth["auth"]).decode().partition(":")[2]
        try:
            client.call("POST", ("v1", "oauth", "revoke"), body=urlencode({"token": token}))
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise


def _in_future(text: str) -> bool:
    return datetime.fromisoformat(text) > datetime.now(UTC)


def _wrong(inputs: Object) -> dict[str, str]:
    life = inputs.get("expirySeconds")
    if isinstance(life, int) and not 0 <= life <= FIFTY_YEARS:
        return {"expirySeconds": f"expected to be in the range (0 - {FIFTY_YEARS}), got {life}"}
    return {}


def _no_import(_identity: str) -> Object:
    raise ValueError("Credentials can't be imported: nobody can read them again. Make new ones.")


KIND = Kind(
    token="digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials",  # noqa: S106
    required=("registryName",),
    optional={"write": False, "expirySeconds": FIFTY_YEARS},
    replaces=frozenset({"registryName"}),
    computed=("dockerCredentials", "credentialExpirationTime"),
    secrets=frozenset({"dockerCredentials"}),
    create=create,
    read=read,
    delete=delete,
    wrong=_wrong,
    identify=_no_import,
    stale=lambda _old, _new: set(FRESH),
)
