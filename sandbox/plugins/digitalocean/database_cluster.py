"""DatabaseCluster."""

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object, by_id
from sandbox.plugins.digitalocean.waiting import until

NOT_FOUND = 404
_SAME = {"name": "name", "engine": "engine", "version": "version", "size": "size", "region": "region"}
_BODY = _SAME | {
    "nodeCount": "num_nodes",
    "privateNetworkUuid": "private_network_uuid",
    "projectId": "project_id",
}


def create(client: Client, inputs: Object) -> str:
    """Order it; it is being created when this returns."""
    body = {theirs: inputs[ours] for ours, theirs in _BODY.items() if ours in inputs}
    body |= {"storage_size_mib": int(inputs["storageSizeMib"])} if "storageSizeMib" in inputs else {}
    return str(client.post("v2", "databases", body=body)["database"]["id"])


def read(client: Client, identity: str, known: Object) -> Object | None:
    """As it lives; the eviction policy only where the program gives one."""
    try:
        found = client.get("v2", "databases", identity)["database"]
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    public, private = found["connection"], found["private_connection"]
    live = {ours: found[theirs] for ours, theirs in _BODY.items()}
    live |= {key: public[key] for key in ("host", "port", "uri", "database", "user", "password")}
    live |= {"privateHost": private["host"], "privateUri": private["uri"]}
    live |= {"clusterUrn": f"do:dbaas:{identity}", "storageSizeMib": str(found["storage_size_mib"])}
    if "maintenanceWindows" in known:
        window = found["maintenance_window"]
        live["maintenanceWindows"] = [{"day": window["day"], "hour": window["hour"][:5]}]
    if "evictionPolicy" in known:
        policy = client.get("v2", "databases", identity, "eviction_policy")["eviction_policy"]
        live["evictionPolicy"] = policy
    return live


def update(client: Client, identity: str, old: Object, new: Object) -> None:
    """Resize, move, upgrade, each waited for, then the settings."""
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if changed & {"size", "nodeCount", "storageSizeMib"}:
        body = {"size": new["size"], "num_nodes": new["nodeCount"]}
        if "storageSizeMib" in changed and "storageSizeMib" in new:
            body["storage_size_mib"] = int(new["storageSizeMib"])
        client.put("v2", "databases", identity, "resize", body=body)
        _wait(client, identity)
    if "region" in changed:
        client.put("v2", "databases", identity, "migrate", body={"region": new["region"]})
        _wait(client, identity)
    if "version" in changed:
        client.put("v2", "databases", identity, "upgrade", body={"version": new["version"]})
    extras: Object = {
        key: new[key] for key in ("maintenanceWindows", "evictionPolicy") if key in changed & new.keys()
    }
    _extras(client, identity, extras)
    if "evictionPolicy" in changed - new.keys():
        _extras(client, identity, {"evictionPolicy": "noeviction"})


def settle(client: Client, identity: str, inputs: Object) -> None:
    """Wait until it is online, then set what only an online cluster takes."""
    _wait(client, identity)
    _extras(client, identity, inputs)


def _wait(client: Client, identity: str) -> None:
    until(
        client,
        "database cluster",
        lambda: str(client.get("v2", "databases", identity)["database"]["status"]),
        "online",
    )


def delete(client: Client, identity: str, _known: Object) -> None:
    """With all its data."""
    client.delete("v2", "databases", identity)


def _extras(client: Client, identity: str, inputs: Object) -> None:
    for window in inputs.get("maintenanceWindows", []):
        body = {"day": window["day"], "hour": window["hour"]}
        client.put("v2", "databases", identity, "maintenance", body=body)
    if "evictionPolicy" in inputs:
        body = {"eviction_policy": inputs["evictionPolicy"]}
        client.put("v2", "databases", identity, "eviction_policy", body=body)


def _wrong(inputs: Object) -> dict[str, str]:
    if "evictionPolicy" in inputs and inputs.get("engine") == "pg":
        return {"evictionPolicy": "eviction_policy is only supported for caching clusters"}
    return {}


_CONNECTION = ("host", "port", "uri", "database", "user", "password", "privateHost", "privateUri")
KIND = Kind(
    token="digitalocean:index/databaseCluster:DatabaseCluster",  # noqa: S106  a type token
    # The version is optional in the SDK's signature and required by the plugin.
    required=("name", "engine", "version", "size", "region", "nodeCount"),
    optional=dict.fromkeys(
        ("privateNetworkUuid", "projectId", "maintenanceWindows", "evictionPolicy", "storageSizeMib")
    ),
    replaces=frozenset({"name", "engine", "privateNetworkUuid", "projectId"}),
    computed=(*_CONNECTION, "clusterUrn", "privateNetworkUuid", "projectId", "storageSizeMib"),
    secrets=frozenset({"password", "uri", "privateUri"}),
    create=create,
    read=read,
    update=update,
    delete=delete,
    settle=settle,
    wrong=_wrong,
    identify=by_id,
)
