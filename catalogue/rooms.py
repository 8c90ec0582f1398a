"""The namespaces of an environment, with their ceilings. Pure."""

from catalogue import names, pods
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.models.quantity import Compute, Resources, amount, times, total
from catalogue.models.shape import Environment, NamespaceShape


def namespace_shapes(platform: Platform, app: App, environment: Environment) -> tuple[NamespaceShape, ...]:
    """The app's own namespaces; none in staging, whose namespace is the platform's (`staging_namespace`)."""
    if environment == "staging":
        return ()
    return tuple(
        _namespace(platform, app, environment, name) for name in names.namespaces(platform, app, environment)
    )


def staging_namespace(platform: Platform) -> NamespaceShape:
    """The namespace that all apps share in turns: its quota is the spec's total, for the whole of it."""
    staging = platform.environments.staging
    return NamespaceShape(
        name=staging.namespace,
        app="staging-shared",
        environment="staging",
        pod_security="restricted",
        quota=staging.total,
        pods=staging.max_pods,
        container=pods.quarter(staging),
        external=True,
        has_route=True,
    )


def _namespace(platform: Platform, app: App, environment: Environment, name: str) -> NamespaceShape:
    """Room for every component at its most; one container as large as the largest component's."""
    tenants = {
        key: one
        for key, one in app.components.items()
        if names.namespace(platform, app, one, environment) == name
    }
    most = {key: pods.most(platform, app, key, environment) for key in tenants}
    sizes = {key: pods.resources(platform, app, one, environment) for key, one in tenants.items()}
    return NamespaceShape(
        name=name,
        app=app.name,
        environment=environment,
        pod_security="restricted",
        quota=total(times(sizes[key], most[key]) for key in tenants),
        pods=sum(most.values()),
        container=_largest(list(sizes.values())),
        external=app.external,
        has_route=any(one.path for one in tenants.values()),
        keeps_data=environment == "prod" and any(one.volumes for one in tenants.values()),
    )


def _largest(sizes: list[Resources]) -> Resources:
    return Resources(
        requests=_most([one.requests for one in sizes]), limits=_most([one.limits for one in sizes])
    )


def _most(parts: list[Compute]) -> Compute:
    return Compute(
        memory=max((one.memory for one in parts), key=amount), cpu=max((one.cpu for one in parts), key=amount)
    )
