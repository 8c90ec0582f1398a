"""Which of an app's paths lead to which of its components. Pure."""

from catalogue import names
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.shape import Environment, RouteShape


def routes(platform: Platform, app: App, environment: Environment) -> tuple[RouteShape, ...]:
    """One for each namespace with a reachable component, the app's own first."""
    return tuple(
        _route(platform, app, environment, namespace)
        for namespace in names.namespaces(platform, app, environment)
        if _paths(platform, app, environment, namespace)
    )


def _route(platform: Platform, app: App, environment: Environment, namespace: str) -> RouteShape:
    tls = names.place(platform, environment).tls
    return RouteShape(
        name=f"{app.name}-{environment}",
        app=app.name,
        environment=environment,
        namespace=namespace,
        host=names.host(platform, app, environment),
        entry=names.entry(platform, environment),
        tls=tls,
        ingress_class=platform.ingress_class,
        annotations=tuple(platform.tls_annotations.items()) if tls else (),
        paths=_paths(platform, app, environment, namespace),
    )


def _paths(
    platform: Platform, app: App, environment: Environment, namespace: str
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (component.path, names.deployment(component, environment))
        for component in app.components.values()
        if component.path and names.namespace(platform, app, component, environment) == namespace
    )
