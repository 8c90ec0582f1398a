"""DatabaseDb and DatabaseUser: the same life below a database cluster."""

from functools import partial

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object

NOT_FOUND = 404


def create(client: Client, inputs: Object, *, folder: str, word: str) -> str:
    """Make it; the id is `<cluster>/<word>/<name>`."""
    cluster = str(inputs["clusterId"])
    client.post("v2", "databases", cluster, folder, body={"name": inputs["name"]})
    return f"{cluster}/{word}/{inputs['name']}"


def read(client: Client, _identity: str, known: Object, *, folder: str, key: str) -> Object | None:
    """As it lives; None when it or its cluster is gone."""
    cluster, name = str(known["clusterId"]), str(known["name"])
    try:
        found = client.get("v2", "databases", cluster, folder, name)[key]
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    return {"clusterId": cluster, **found}


def delete(client: Client, _identity: str, known: Object, *, folder: str) -> None:
    """Delete it."""
    client.delete("v2", "databases", str(known["clusterId"]), folder, str(known["name"]))


def _identify(identity: str, *, word: str) -> Object:
    cluster, separator, name = identity.replace(f"/{word}/", ",").partition(",")
    if not (cluster and separator and name):
        raise ValueError(f"The id of a {word} to import is `<cluster id>,<{word} name>`.")
    return {"id": f"{cluster}/{word}/{name}", "clusterId": cluster, "name": name}


def _kind(token: str, folder: str, word: str, key: str, computed: tuple[str, ...]) -> Kind:
    return Kind(
        token=token,
        required=("clusterId", "name"),
        optional={},
        replaces=frozenset({"clusterId", "name"}),
        computed=computed,
        secrets=frozenset({"password"} & set(computed)),
        create=partial(create, folder=folder, word=word),
        read=partial(read, folder=folder, key=key),
        delete=partial(delete, folder=folder),
        identify=partial(_identify, word=word),
    )


DATABASE = _kind("digitalocean:index/databaseDb:DatabaseDb", "dbs", "database", "db", ())
USER = _kind("digitalocean:index/databaseUser:DatabaseUser", "users", "user", "user", ("password", "role"))
