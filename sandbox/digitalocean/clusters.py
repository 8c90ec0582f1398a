"""Kubernetes clusters (`/v2/kubernetes`): described, never run. Their endpoints resolve nowhere."""

import secrets
import uuid
from datetime import timedelta

from sandbox.digitalocean import checks
from sandbox.digitalocean.exchange import (
    Answer,
    Object,
    Request,
    moment,
    not_found,
    precondition,
    stamp,
    unprocessable,
)
from sandbox.digitalocean.offer import KUBERNETES, NODE_SIZES, REGIONS
from sandbox.digitalocean.paging import page

SETTLES = timedelta(seconds=2)
"""How long a change takes; minutes in reality."""
NAME = ("[a-z0-9][a-z0-9-]{0,61}[a-z0-9]", "use lower-case letters, digits and dashes, at most 63")
SETTINGS = ("auto_upgrade", "surge_upgrade", "ha")
WEEK = 7 * 24 * 3600  # seconds; how long credentials live unless told otherwise


def create(state: Object, request: Request) -> Answer:
    """201 with a cluster that is being provisioned; 422 for values that are not on sale."""
    body = request.body
    name = checks.name(body, *NAME)
    region = checks.one_of(body, "region", REGIONS)
    version = checks.one_of(body, "version", KUBERNETES)
    if any(one["name"] == name for one in state["clusters"].values()):
        raise unprocessable("a cluster with this name already exists")
    pools = body.get("node_pools")
    if not isinstance(pools, list) or not pools:
        raise unprocessable("node_pools is required")
    identity = str(uuid.uuid4())
    state["clusters"][identity] = {
        "id": identity,
        "name": name,
        "region": region,
        "version": version,
        "cluster_subnet": body.get("cluster_subnet") or "10.244.0.0/16",
        "service_subnet": body.get("service_subnet") or "10.245.0.0/16",
        "vpc_uuid": body.get("vpc_uuid") or str(uuid.uuid4()),
        "ipv4": "192.0.2.1",
        "endpoint": f"https://{identity}.k8s.ondigitalocean.com",
        "tags": [*(body.get("tags") or []), "k8s", f"k8s:{identity}"],
        "node_pools": [_pool(one) for one in pools],
        "maintenance_policy": body.get("maintenance_policy") or {"day": "any", "start_time": "03:00"},
        **{key: checks.flag(body, key, default=key == "ha") for key in SETTINGS},
        "registry_enabled": False,
        "created_at": request.stamp,
        "updated_at": request.stamp,
        "ready_at": stamp(request.now + SETTLES),
    }
    return Answer(201, {"kubernetes_cluster": _view(state["clusters"][identity], request)})


def every(state: Object, request: Request) -> Answer:
    """All clusters, in pages."""
    return page(request, "kubernetes_clusters", [_view(one, request) for one in state["clusters"].values()])


def one(state: Object, request: Request) -> Answer:
    """One cluster; 404."""
    return Answer(200, {"kubernetes_cluster": _view(find(state, request), request)})


def change(state: Object, request: Request) -> Answer:
    """202; 422 when it would switch high availability off, which can't be undone."""
    cluster = find(state, request)
    wanted = {key: checks.flag(request.body, key, default=cluster[key]) for key in SETTINGS}
    if cluster["ha"] and not wanted["ha"]:
        raise unprocessable("high availability cannot be disabled")
    window = request.body.get("maintenance_policy") or cluster["maintenance_policy"]
    cluster |= {**wanted, "name": checks.name(request.body, *NAME), "maintenance_policy": window}
    cluster["updated_at"] = request.stamp
    return Answer(202, {"kubernetes_cluster": _view(cluster, request)})


def delete(state: Object, request: Request) -> Answer:
    """204."""
    del state["clusters"][find(state, request)["id"]]
    return Answer(204)


def upgrade(state: Object, request: Request) -> Answer:
    """202; 422 for a version that isn't newer, 412 while another change is under way."""
    cluster = find(state, request)
    version = checks.one_of(request.body, "version", KUBERNETES)
    if _view(cluster, request)["status"]["state"] != "running":
        raise precondition("the cluster is not running; wait until its last change is done")
    if KUBERNETES.index(version) <= KUBERNETES.index(cluster["version"]):
        raise unprocessable("version must be newer than the cluster's")
    cluster |= {"version": version, "updated_at": request.stamp}
    return Answer(202, {})


def change_pool(state: Object, request: Request) -> Answer:
    """202: name, count and scaling of a node pool; its size stays."""
    cluster = find(state, request)
    for at, pool in enumerate(cluster["node_pools"]):
        if pool["id"] == request.parts["pool"]:
            changed = {**_pool({**pool, **request.body, "size": pool["size"]}), "id": pool["id"]}
            cluster["node_pools"][at] = changed
            return Answer(202, {"node_pool": changed})
    raise not_found("node pool not found")


def credentials(state: Object, request: Request) -> Answer:
    """A kubeconfig's parts, for a cluster that nobody can reach."""
    cluster = find(state, request)
    life = checks.whole(_numbers(request), "expiry_seconds", 0, 365 * 24 * 3600, 0) or WEEK
    body = {
        "server": cluster["endpoint"],
        "certificate_authority_data": "",
        "token": f"standin_{secrets.token_hex(32)}",
        "expires_at": stamp(request.now + timedelta(seconds=life)),
    }
    return Answer(200, body)


def integrate(state: Object, request: Request) -> Answer:
    """204: the clusters may pull from the account's registry; 412 when there is none."""
    return _integration(state, request, enabled=True)


def separate(state: Object, request: Request) -> Answer:
    """204: they may no longer."""
    return _integration(state, request, enabled=False)


def options(_state: Object, _request: Request) -> Answer:
    """Versions, newest first, regions and sizes."""
    versions = [{"slug": one, "kubernetes_version": one.partition("-")[0]} for one in reversed(KUBERNETES)]
    regions = [{"slug": one, "name": one.upper()} for one in REGIONS]
    sizes = [{"slug": one, "name": one} for one in NODE_SIZES]
    return Answer(200, {"options": {"versions": versions, "regions": regions, "sizes": sizes}})


def find(state: Object, request: Request) -> Object:
    """The cluster that the path names; 404."""
    found: Object | None = state["clusters"].get(request.parts["id"])
    if found is None:
        raise not_found("cluster not found")
    return found


def _integration(state: Object, request: Request, *, enabled: bool) -> Answer:
    if not state["registries"]:
        raise precondition("the account has no container registry")
    wanted = request.body.get("cluster_uuids")
    if not isinstance(wanted, list) or not wanted:
        raise unprocessable("cluster_uuids is required")
    for identity in wanted:
        if identity not in state["clusters"]:
            raise not_found(f"cluster {identity} not found")
        state["clusters"][identity]["registry_enabled"] = enabled
    return Answer(204)


def _pool(body: Object) -> Object:
    scales = checks.flag(body, "auto_scale", default=False)
    least = checks.whole(body, "min_nodes", 0, 512, 0)
    most = checks.whole(body, "max_nodes", 0, 512, 0)
    if scales and not 1 <= least <= most:
        raise unprocessable("min_nodes must be at least 1 and at most max_nodes")
    return {
        "id": str(uuid.uuid4()),
        "name": checks.name(body, *NAME),
        "size": checks.one_of(body, "size", NODE_SIZES),
        "count": checks.whole(body, "count", 1, 512, least or None),
        "auto_scale": scales,
        "min_nodes": least,
        "max_nodes": most,
        "labels": body.get("labels") or {},
        "tags": body.get("tags") or [],
    }


def _numbers(request: Request) -> Object:
    return {key: int(value) if value.isdecimal() else value for key, value in request.query.items()}


def _view(cluster: Object, request: Request) -> Object:
    ready = moment(cluster["ready_at"]) <= request.now
    shown = {key: value for key, value in cluster.items() if key != "ready_at"}
    return {**shown, "status": {"state": "running" if ready else "provisioning"}}
