"""What people look up about a stack: URLs, namespaces, images, databases. Without secrets."""

from collections.abc import Sequence

import pulumi

from catalogue.models.shape import AppShape, RouteShape

Table = dict[str, dict[str, str]]


def export(apps: Sequence[AppShape]) -> None:
    """Make everything below outputs of the stack."""
    for what in (urls, hosts, namespaces, images, databases):
        pulumi.export(what.__name__, what(apps))
    if found := entry(apps):
        pulumi.export("entry", found)


def urls(apps: Sequence[AppShape]) -> Table:
    """By app and component; in dev the fixed port of localhost, elsewhere host and path of its route."""
    return {app.name: _routed(app) | _local(app) for app in apps}


def namespaces(apps: Sequence[AppShape]) -> dict[str, list[str]]:
    """By app, all in which it has pods."""
    return {app.name: list(dict.fromkeys(one.namespace for one in app.workloads)) for app in apps}


def images(apps: Sequence[AppShape]) -> Table:
    """By app and component, with tag and digest."""
    return {app.name: {one.component: one.image for one in app.workloads} for app in apps}


def databases(apps: Sequence[AppShape]) -> Table:
    """By app and database: `host:port/database`, schema."""
    return {
        app.name: {
            one.database: f"{one.service.host}:{one.service.port}/{one.database} schema {one.schema_name}"
            for one in app.postgres
        }
        for app in apps
    }


def hosts(apps: Sequence[AppShape]) -> dict[str, str]:
    """By app, where its route begins."""
    return {app.name: _url(app.route, "/") for app in apps if app.route}


def entry(apps: Sequence[AppShape]) -> str | None:
    """Where the shared staging begins, whoever owns it; None in other environments and between the slots."""
    routes = [app.route for app in apps if app.route and app.route.entry]
    return f"{_scheme(routes[0])}://{routes[0].entry}" if routes else None


def _local(app: AppShape) -> dict[str, str]:
    return {one.component: f"http://localhost:{one.dev_port}" for one in app.workloads if one.dev_port}


def _routed(app: AppShape) -> dict[str, str]:
    components = {one.name: one.component for one in app.workloads}
    routes = [one for one in (app.route, *app.side_routes) if one]
    return {components[service]: _url(route, path) for route in routes for path, service in route.paths}


def _url(route: RouteShape, path: str) -> str:
    return f"{_scheme(route)}://{route.host}{path.rstrip('/')}"


def _scheme(route: RouteShape) -> str:
    return "https" if route.tls else "http"
