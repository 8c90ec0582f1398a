"""Database clusters (`/v2/databases`): PostgreSQL and Valkey only, the engines that the stacks use.

A cluster is `creating` for a moment, then `online`; its hosts resolve nowhere. The other engines that
DigitalOcean sells are refused here although the real API takes them.
"""

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
from sandbox.digitalocean.offer import DATABASE_PORTS, DATABASE_SIZES, ENGINES, REGIONS
from sandbox.digitalocean.paging import page

SETTLES = timedelta(seconds=2)
"""How long a change takes; minutes in reality."""
NAME = ("[a-z][a-z0-9-]{1,61}[a-z0-9]", "use 3 to 63 lower-case letters, digits and dashes")


def create(state: Object, request: Request) -> Answer:
    """201 with a cluster that is being created; 422 for values that are not on sale."""
    body = request.body
    name = checks.name(body, *NAME)
    engine = checks.one_of(body, "engine", tuple(ENGINES))
    version = checks.one_of(body, "version", ENGINES[engine])
    region = checks.one_of(body, "region", REGIONS)
    size, nodes = _plan(body)
    if any(one["name"] == name for one in state["databases"].values()):
        raise unprocessable("cluster name is not available")
    identity = str(uuid.uuid4())
    password = f"AVNS_{secrets.token_urlsafe(14)}"
    admin = {"name": "doadmin" if engine == "pg" else "default", "role": "primary", "password": password}
    state["databases"][identity] = {
        "id": identity,
        "name": name,
        "engine": engine,
        "version": version,
        "semantic_version": f"{version}.0",
        "num_nodes": nodes,
        "size": size,
        "region": region,
        "storage_size_mib": _storage(body, size),
        "private_network_uuid": body.get("private_network_uuid") or str(uuid.uuid4()),
        "project_id": body.get("project_id") or str(uuid.uuid4()),
        "tags": body.get("tags") or [],
        "created_at": request.stamp,
        "maintenance_window": {"day": "monday", "hour": "03:00:00", "pending": False},
        "db_names": ["defaultdb"] if engine == "pg" else [],
        "users": [admin],
        "rules": [],
        "eviction_policy": "noeviction",
        "busy": "creating",
        "ready_at": stamp(request.now + SETTLES),
    }
    return Answer(201, {"database": view(state["databases"][identity], request)})


def every(state: Object, request: Request) -> Answer:
    """All clusters, in pages."""
    return page(request, "databases", [view(one, request) for one in state["databases"].values()])


def one(state: Object, request: Request) -> Answer:
    """One cluster; 404."""
    return Answer(200, {"database": view(find(state, request), request)})


def delete(state: Object, request: Request) -> Answer:
    """204, with all its data."""
    del state["databases"][find(state, request)["id"]]
    return Answer(204)


def resize(state: Object, request: Request) -> Answer:
    """202; 412 while another change is under way, 422 for less storage than there is."""
    cluster = _idle(state, request)
    size, nodes = _plan(request.body)
    storage = _storage(request.body, size)
    if storage < cluster["storage_size_mib"]:
        raise unprocessable("storage cannot be reduced")
    changed = {"size": size, "num_nodes": nodes, "storage_size_mib": storage}
    return _busy(cluster, request, "resizing", changed)


def migrate(state: Object, request: Request) -> Answer:
    """202: the cluster moves to another region."""
    cluster = _idle(state, request)
    return _busy(cluster, request, "migrating", {"region": checks.one_of(request.body, "region", REGIONS)})


def upgrade(state: Object, request: Request) -> Answer:
    """204: a newer major version; 422 for an older or an unknown one."""
    cluster = _idle(state, request)
    version = checks.one_of(request.body, "version", ENGINES[cluster["engine"]])
    if int(version) <= int(cluster["version"]):
        raise unprocessable("version must be newer than the cluster's")
    cluster |= {"version": version, "semantic_version": f"{version}.0"}
    return Answer(204)


def maintenance(state: Object, request: Request) -> Answer:
    """204: when updates may be installed."""
    cluster = find(state, request)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hour = checks.name(request.body, r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", "write it like 03:00", "hour")
    window = {"day": checks.one_of(request.body, "day", days), "hour": f"{hour[:5]}:00", "pending": False}
    cluster["maintenance_window"] = window
    return Answer(204)


def options(_state: Object, _request: Request) -> Answer:
    """Engines with their regions and versions."""
    layouts = [
        {"num_nodes": n, "sizes": [s for s, (c, _) in DATABASE_SIZES.items() if n in c]} for n in (1, 2, 3)
    ]
    offered = {
        engine: {"regions": list(REGIONS), "versions": list(versions), "layouts": layouts}
        for engine, versions in ENGINES.items()
    }
    return Answer(200, {"options": offered})


def find(state: Object, request: Request) -> Object:
    """The cluster that the path names; 404."""
    found: Object | None = state["databases"].get(request.parts["id"])
    if found is None:
        raise not_found("cluster not found")
    return found


def view(cluster: Object, request: Request) -> Object:
    """The cluster as the API shows it."""
    private = {"busy", "ready_at", "eviction_policy", "rules"}
    ready = moment(cluster["ready_at"]) <= request.now
    shown = {key: value for key, value in cluster.items() if key not in private}
    return {
        **shown,
        "status": "online" if ready else cluster["busy"],
        "connection": _connection(cluster, ""),
        "private_connection": _connection(cluster, "private-"),
    }


def _plan(body: Object) -> tuple[str, int]:
    size = checks.one_of(body, "size", tuple(DATABASE_SIZES))
    nodes = checks.whole(body, "num_nodes", 1, 3)
    if nodes not in DATABASE_SIZES[size][0]:
        raise unprocessable(f"{size} does not come with {nodes} nodes")
    return size, nodes


def _storage(body: Object, size: str) -> int:
    least = DATABASE_SIZES[size][1]
    return checks.whole(body, "storage_size_mib", least, 20 * least, least)


def _idle(state: Object, request: Request) -> Object:
    cluster = find(state, request)
    if view(cluster, request)["status"] != "online":
        raise precondition("the cluster is not online; wait until its last change is done")
    return cluster


def _busy(cluster: Object, request: Request, status: str, changed: Object) -> Answer:
    cluster |= {**changed, "busy": status, "ready_at": stamp(request.now + SETTLES)}
    return Answer(202, {})


def _connection(cluster: Object, prefix: str) -> Object:
    admin, engine = cluster["users"][0], cluster["engine"]
    host = f"{prefix}{cluster['name']}-do-user-0-0.b.db.ondigitalocean.com"
    port = DATABASE_PORTS[engine]
    database = "defaultdb" if engine == "pg" else ""
    scheme, tail = ("postgresql", f"/{database}?sslmode=require") if engine == "pg" else ("rediss", "")
    uri = f"{scheme}://{admin['name']}:{admin['password']}@{host}:{port}{tail}"
    return {
        "protocol": scheme,
        "uri": uri,
        "database": database,
        "host": host,
        "port": port,
        "user": admin["name"],
        "password": admin["password"],
        "ssl": True,
    }
