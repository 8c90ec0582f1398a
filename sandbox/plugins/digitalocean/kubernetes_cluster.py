"""KubernetesCluster, with its one default node pool."""

import re

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object, by_id
from sandbox.plugins.digitalocean.waiting import until

NOT_FOUND = 404
_BODY = {
    "name": "name",
    "region": "region",
    "version": "version",
    "ha": "ha",
    "autoUpgrade": "auto_upgrade",
    "surgeUpgrade": "surge_upgrade",
    "vpcUuid": "vpc_uuid",
    "clusterSubnet": "cluster_subnet",
    "serviceSubnet": "service_subnet",
}
_POOL = {
    "name": "name",
    "size": "size",
    "nodeCount": "count",
    "autoScale": "auto_scale",
    "minNodes": "min_nodes",
    "maxNodes": "max_nodes",
    "labels": "labels",
}
_FOLDER = ("v2", "kubernetes", "clusters")


def create(client: Client, inputs: Object) -> str:
    """Order it; it is being provisioned when this returns."""
    body = {theirs: inputs[ours] for ours, theirs in _BODY.items() if ours in inputs} | _window(inputs)
    body["node_pools"] = [_pool(inputs["nodePool"])]
    return str(client.post(*_FOLDER, body=body)["kubernetes_cluster"]["id"])


def settle(client: Client, identity: str, inputs: Object) -> None:
    """Wait until it runs, then let it pull from the registry."""
    until(
        client,
        "cluster",
        lambda: str(client.get(*_FOLDER, identity)["kubernetes_cluster"]["status"]["state"]),
        "running",
    )
    if inputs.get("registryIntegration"):
        integrate(client, identity, inputs)


def read(client: Client, identity: str, known: Object) -> Object | None:
    """As it lives, with the credentials that are known or new ones."""
    try:
        found = client.get(*_FOLDER, identity)["kubernetes_cluster"]
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    live: Object = {ours: found[theirs] for ours, theirs in _BODY.items()}
    wanted = known.get("nodePool") or {}
    pool = found["node_pools"][0]
    shown = {
        ours: pool[theirs] for ours, theirs in _POOL.items() if ours in wanted or ours in ("name", "size")
    }
    live |= {
        "nodePool": shown,
        "registryIntegration": found["registry_enabled"],
        "endpoint": found["endpoint"],
        "status": found["status"]["state"],
        "createdAt": found["created_at"],
        "clusterUrn": f"do:kubernetes:{identity}",
        "kubeConfigs": known.get("kubeConfigs") or [_kubeconfig(client, identity, known)],
    }
    if "maintenancePolicy" in known:
        window = found["maintenance_policy"]
        live["maintenancePolicy"] = {"day": window["day"], "startTime": window["start_time"]}
    return live


def update(client: Client, identity: str, old: Object, new: Object) -> None:
    """Settings, version, pool and the registry's integration, each where it changed."""
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if changed & {"name", "ha", "autoUpgrade", "surgeUpgrade", "maintenancePolicy"}:
        settings = {ours: _BODY[ours] for ours in ("name", "ha", "autoUpgrade", "surgeUpgrade")}
        body = {theirs: new[ours] for ours, theirs in settings.items() if ours in new}
        client.put(*_FOLDER, identity, body=body | _window(new))
    if "version" in changed:
        client.post(*_FOLDER, identity, "upgrade", body={"version": new["version"]})
    if "nodePool" in changed:
        pool = client.get(*_FOLDER, identity)["kubernetes_cluster"]["node_pools"][0]["id"]
        client.put(*_FOLDER, identity, "node_pools", str(pool), body=_pool(new["nodePool"]))
    if "registryIntegration" in changed:
        integrate(client, identity, new)


def integrate(client: Client, identity: str, inputs: Object) -> None:
    """Let the cluster pull from the account's registry, or no longer."""
    verb = "POST" if inputs.get("registryIntegration") else "DELETE"
    body = f'{{"cluster_uuids": ["{identity}"]}}'
    client.call(verb, ("v2", "kubernetes", "registry"), body=body)


def delete(client: Client, identity: str, _known: Object) -> None:
    """With its nodes."""
    client.delete(*_FOLDER, identity)


def _pool(pool: Object) -> Object:
    return {theirs: pool[ours] for ours, theirs in _POOL.items() if ours in pool}


def _window(inputs: Object) -> Object:
    given = inputs.get("maintenancePolicy")
    if not given:
        return {}
    window = {"day": given.get("day", "any"), "start_time": given.get("startTime", "03:00")}
    return {"maintenance_policy": window}


def _kubeconfig(client: Client, identity: str, known: Object) -> Object:
    life = int(known.get("kubeconfigExpireSeconds", 0))
    found = client.get(*_FOLDER, identity, "credentials", expiry_seconds=life)
    return {"host": found["server"], "token": found["token"], "expiresAt": found["expires_at"]}


def _replaced(old: Object, new: Object) -> set[str]:
    """A smaller version, or nodes of another size."""
    found = set()
    if _numbers(new.get("version")) < _numbers(old.get("version")):
        found.add("version")
    if _size(old) != _size(new):
        found.add("nodePool")
    return found


def _size(inputs: Object) -> object:
    pool = inputs.get("nodePool")
    return pool.get("size") if isinstance(pool, dict) else None


def _numbers(version: object) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", version)] if isinstance(version, str) else []


KIND = Kind(
    token="digitalocean:index/kubernetesCluster:KubernetesCluster",  # noqa: S106  a type token
    required=("name", "region", "version", "nodePool"),
    optional={
        "ha": True,  # the default from 1.36 on
        "autoUpgrade": None,
        "surgeUpgrade": True,
        "registryIntegration": False,
        "maintenancePolicy": None,
        "vpcUuid": None,
        "clusterSubnet": None,
        "serviceSubnet": None,
        "kubeconfigExpireSeconds": None,
    },
    replaces=frozenset({"region", "vpcUuid", "clusterSubnet", "serviceSubnet"}),
    computed=("endpoint", "status", "createdAt", "clusterUrn", "kubeConfigs", "vpcUuid", "clusterSubnet"),
    secrets=frozenset({"kubeConfigs"}),
    create=create,
    read=read,
    update=update,
    delete=delete,
    settle=settle,
    identify=by_id,
    also_replaces=_replaced,
)
