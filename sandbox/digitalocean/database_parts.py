"""What a database cluster holds: databases, users, trusted sources, the eviction policy."""

import ipaddress
import secrets
import uuid

from sandbox.digitalocean import checks
from sandbox.digitalocean.databases import find
from sandbox.digitalocean.exchange import Answer, Object, Request, not_found, unprocessable
from sandbox.digitalocean.offer import EVICTION
from sandbox.digitalocean.paging import page

DB_NAME = (
    "[A-Za-z_][A-Za-z0-9_$-]{0,62}",
    "use at most 63 letters, digits, _, $ and -, starting with a letter or _",
)
RULES = ("ip_addr", "droplet", "k8s", "tag", "app")


def create_db(state: Object, request: Request) -> Answer:
    """201; 422 for a bad or taken name, and for Valkey, which has no named databases."""
    cluster = _with_names(state, request, "databases")
    name = checks.name(request.body, *DB_NAME)
    if name in cluster["db_names"]:
        raise unprocessable("database name is not available")
    cluster["db_names"].append(name)
    return Answer(201, {"db": {"name": name}})


def every_db(state: Object, request: Request) -> Answer:
    """All databases, in pages."""
    return page(request, "dbs", [{"name": name} for name in find(state, request)["db_names"]])


def one_db(state: Object, request: Request) -> Answer:
    """One database; 404."""
    return Answer(200, {"db": {"name": _db(find(state, request), request)}})


def delete_db(state: Object, request: Request) -> Answer:
    """204, with its data."""
    cluster = find(state, request)
    cluster["db_names"].remove(_db(cluster, request))
    return Answer(204)


def create_user(state: Object, request: Request) -> Answer:
    """201 with the password; 422 for a bad or taken name, and for Valkey, which has no managed users."""
    cluster = _with_names(state, request, "users")
    name = checks.name(request.body, *DB_NAME)
    if any(user["name"] == name for user in cluster["users"]):
        raise unprocessable("user name is not available")
    user = {"name": name, "role": "normal", "password": f"AVNS_{secrets.token_urlsafe(14)}"}
    cluster["users"].append(user)
    return Answer(201, {"user": user})


def every_user(state: Object, request: Request) -> Answer:
    """All users, in pages."""
    return page(request, "users", find(state, request)["users"])


def one_user(state: Object, request: Request) -> Answer:
    """One user; 404."""
    return Answer(200, {"user": _user(find(state, request), request)})


def delete_user(state: Object, request: Request) -> Answer:
    """204; 422 for the administrator."""
    cluster = find(state, request)
    user = _user(cluster, request)
    if user["role"] == "primary":
        raise unprocessable("the primary user cannot be removed")
    cluster["users"].remove(user)
    return Answer(204)


def rules(state: Object, request: Request) -> Answer:
    """The trusted sources; none: every address may connect."""
    return Answer(200, {"rules": find(state, request)["rules"]})


def set_rules(state: Object, request: Request) -> Answer:
    """204: all rules at once; 422 for an address that is none, or a cluster that isn't the account's."""
    cluster = find(state, request)
    wanted = request.body.get("rules")
    if not isinstance(wanted, list):
        raise unprocessable("rules is required")
    known = {(one["type"], one["value"]): one for one in cluster["rules"]}
    cluster["rules"] = [_rule(state, request, one, known) for one in wanted]
    return Answer(204)


def eviction(state: Object, request: Request) -> Answer:
    """What a full cache throws away."""
    return Answer(200, {"eviction_policy": find(state, request)["eviction_policy"]})


def set_eviction(state: Object, request: Request) -> Answer:
    """204; 422 for PostgreSQL and for an unknown policy."""
    cluster = find(state, request)
    if cluster["engine"] != "valkey":
        raise unprocessable("eviction_policy is only supported for caching clusters")
    cluster["eviction_policy"] = checks.one_of(request.body, "eviction_policy", EVICTION)
    return Answer(204)


def _with_names(state: Object, request: Request, what: str) -> Object:
    cluster = find(state, request)
    if cluster["engine"] != "pg":
        raise unprocessable(f"{what} are not supported for this engine")
    return cluster


def _db(cluster: Object, request: Request) -> str:
    if request.parts["name"] not in cluster["db_names"]:
        raise not_found("database not found")
    return request.parts["name"]


def _user(cluster: Object, request: Request) -> Object:
    for user in cluster["users"]:
        if user["name"] == request.parts["name"]:
            found: Object = user
            return found
    raise not_found("user not found")


def _rule(state: Object, request: Request, body: Object, known: dict[tuple[str, str], Object]) -> Object:
    kind, value = checks.one_of(body, "type", RULES), checks.text(body, "value")
    if kind == "k8s" and value not in state["clusters"]:
        raise unprocessable(f"kubernetes cluster {value} not found")
    if kind == "ip_addr":
        _address(value)
    new = {"uuid": str(uuid.uuid4()), "cluster_uuid": request.parts["id"], "created_at": request.stamp}
    return known.get((kind, value)) or {**new, "type": kind, "value": value}


def _address(value: str) -> None:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise unprocessable(f"{value!r} is not an IP address or range") from None
