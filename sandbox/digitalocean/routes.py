"""Which handler answers which method and path; the only place that knows them all."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.digitalocean import clusters, credentials, database_parts, databases, registries
from sandbox.digitalocean.account import Account
from sandbox.digitalocean.exchange import Answer, Object, RefusalError, Request, not_found

Handler = Callable[[Object, Request], Answer]
_ISSUES = frozenset({credentials.of_named, credentials.of_only})
"""The GETs that leave something behind."""
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/v2/registry", registries.only),
    ("POST", "/v2/registry", registries.create),
    ("DELETE", "/v2/registry", registries.delete_only),
    ("GET", "/v2/registry/options", registries.options),
    ("GET", "/v2/registry/subscription", registries.subscription),
    ("POST", "/v2/registry/subscription", registries.subscribe),
    ("POST", "/v2/registry/validate-name", registries.free_name),
    ("GET", "/v2/registry/docker-credentials", credentials.of_only),
    ("GET", "/v2/registries", registries.every),
    ("POST", "/v2/registries", registries.create),
    ("GET", "/v2/registries/options", registries.options),
    ("GET", "/v2/registries/subscription", registries.subscription),
    ("POST", "/v2/registries/subscription", registries.subscribe),
    ("POST", "/v2/registries/validate-name", registries.free_name),
    ("GET", "/v2/registries/{name}", registries.named),
    ("DELETE", "/v2/registries/{name}", registries.delete),
    ("GET", "/v2/registries/{name}/docker-credentials", credentials.of_named),
    ("POST", "/v1/oauth/revoke", credentials.revoke),
    ("GET", "/v2/databases", databases.every),
    ("POST", "/v2/databases", databases.create),
    ("GET", "/v2/databases/options", databases.options),
    ("GET", "/v2/databases/{id}", databases.one),
    ("DELETE", "/v2/databases/{id}", databases.delete),
    ("PUT", "/v2/databases/{id}/resize", databases.resize),
    ("PUT", "/v2/databases/{id}/migrate", databases.migrate),
    ("PUT", "/v2/databases/{id}/upgrade", databases.upgrade),
    ("PUT", "/v2/databases/{id}/maintenance", databases.maintenance),
    ("GET", "/v2/databases/{id}/eviction_policy", database_parts.eviction),
    ("PUT", "/v2/databases/{id}/eviction_policy", database_parts.set_eviction),
    ("GET", "/v2/databases/{id}/firewall", database_parts.rules),
    ("PUT", "/v2/databases/{id}/firewall", database_parts.set_rules),
    ("GET", "/v2/databases/{id}/dbs", database_parts.every_db),
    ("POST", "/v2/databases/{id}/dbs", database_parts.create_db),
    ("GET", "/v2/databases/{id}/dbs/{name}", database_parts.one_db),
    ("DELETE", "/v2/databases/{id}/dbs/{name}", database_parts.delete_db),
    ("GET", "/v2/databases/{id}/users", database_parts.every_user),
    ("POST", "/v2/databases/{id}/users", database_parts.create_user),
    ("GET", "/v2/databases/{id}/users/{name}", database_parts.one_user),
    ("DELETE", "/v2/databases/{id}/users/{name}", database_parts.delete_user),
    ("GET", "/v2/kubernetes/options", clusters.options),
    ("GET", "/v2/kubernetes/clusters", clusters.every),
    ("POST", "/v2/kubernetes/clusters", clusters.create),
    ("GET", "/v2/kubernetes/clusters/{id}", clusters.one),
    ("PUT", "/v2/kubernetes/clusters/{id}", clusters.change),
    ("DELETE", "/v2/kubernetes/clusters/{id}", clusters.delete),
    ("POST", "/v2/kubernetes/clusters/{id}/upgrade", clusters.upgrade),
    ("GET", "/v2/kubernetes/clusters/{id}/credentials", clusters.credentials),
    ("PUT", "/v2/kubernetes/clusters/{id}/node_pools/{pool}", clusters.change_pool),
    ("POST", "/v2/kubernetes/registry", clusters.integrate),
    ("DELETE", "/v2/kubernetes/registry", clusters.separate),
)


def answer(account: Account, request: Request) -> Answer:
    """Ask the handler. Raises RefusalError: its own, 404 for an unknown path, 405 for a wrong method."""
    handler, parts = _route(request)
    asked = replace(request, parts=parts)
    if request.method == "GET" and handler not in _ISSUES:
        return account.read(lambda state: handler(state, asked))
    return account.change(lambda state: handler(state, asked))


def _route(request: Request) -> tuple[Handler, dict[str, str]]:
    known = False
    for method, pattern, handler in ROUTES:
        parts = _match(pattern, request.path)
        if parts is not None:
            known = True
            if method == request.method:
                return handler, parts
    if known:
        raise RefusalError(405, "method_not_allowed", "The method is not allowed for this resource.")
    raise not_found()


def _match(pattern: str, path: str) -> dict[str, str] | None:
    wanted, given = pattern.split("/"), path.rstrip("/").split("/")
    if len(wanted) != len(given):
        return None
    parts: dict[str, str] = {}
    for want, got in zip(wanted, given, strict=True):
        if want.startswith("{") and got:
            parts[want.strip("{}")] = got
        elif want != got:
            return None
    return parts
