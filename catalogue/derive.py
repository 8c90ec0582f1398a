"""From what the catalogue says to what one app is in one environment. Pure."""

from collections.abc import Iterable

from catalogue import names, pods, tenants
from catalogue.models.app import App
from catalogue.models.component import Component
from catalogue.models.platform import Platform
from catalogue.models.release import Image, Releases
from catalogue.models.shape import AppShape, Environment, VolumeShape, WorkloadShape
from catalogue.problem import CatalogueError, Problem
from catalogue.rooms import namespace_shapes
from catalogue.routes import routes


def app_shape(
    platform: Platform, app: App, environment: Environment, releases: Releases, stack: str
) -> AppShape:
    """The app in the environment. In staging: as the slot's owner; `outside_slot` turns it off.

    `stack` is `<project>.<stack>`, the mark of ownership. Raises CatalogueError naming every image that the
    releases don't know; ValueError for an environment in which the app doesn't run.
    """
    if environment not in names.environments_of(app):
        raise ValueError(f"{app.name} does not run in {environment}: its tier is {app.tier}")
    require_images((app,), releases)
    route, *side_routes = routes(platform, app, environment) or (None,)
    return AppShape(
        name=app.name,
        environment=environment,
        stack=stack,
        namespaces=namespace_shapes(platform, app, environment),
        workloads=tuple(
            _workload(platform, app, name, environment, releases.images[component.image])
            for name, component in app.components.items()
        ),
        route=route,
        side_routes=tuple(one for one in side_routes if one),
        postgres=tenants.postgres(platform, app, environment),
        redis=tenants.redis(platform, app, environment),
        slot=app.slot if environment == "staging" else None,
    )


def outside_slot(shape: AppShape) -> AppShape:
    """The same app in staging while another owns the slot: no pods, no route, no way into its data."""
    if shape.environment != "staging":
        raise ValueError(f"only staging has slots; {shape.name} is in {shape.environment}")
    idle = tuple(one.model_copy(update={"replicas": 0}) for one in shape.workloads)
    closed = {"active": False}
    return shape.model_copy(
        update={
            "workloads": idle,
            "route": None,
            "side_routes": (),
            "postgres": tuple(one.model_copy(update=closed) for one in shape.postgres),
            "redis": shape.redis.model_copy(update=closed) if shape.redis else None,
        }
    )


def require_images(apps: Iterable[App], releases: Releases) -> None:
    """Raises CatalogueError naming every image of the apps that the releases don't know."""
    cure = "add its tag and digest, or build it"
    missing = [
        Problem(releases.file, 0, f"images.{one.image}", "", f"is missing, {app.name} needs it", cure)
        for app in apps
        for one in app.components.values()
        if one.image not in releases.images
    ]
    if missing:
        raise CatalogueError(missing)


def _workload(
    platform: Platform, app: App, name: str, environment: Environment, image: Image
) -> WorkloadShape:
    component = app.components[name]
    stem = tenants.stem_of(app, component)
    return WorkloadShape(
        name=names.deployment(component, environment),
        app=app.name,
        component=name,
        environment=environment,
        namespace=names.namespace(platform, app, component, environment),
        image_name=component.image,
        image=f"{platform.registry}/{component.image}:{image.tag}@{image.digest}",
        version=image.tag,
        replicas=pods.replicas(platform, app, name, environment),
        autoscaling=pods.autoscaling(app, component, environment),
        resources=pods.resources(platform, app, component, environment),
        surge=environment != "staging",
        health=component.health,
        status=component.status,
        dev_port=component.dev_port if environment == "dev" else None,
        postgres=tenants.postgres_secret(stem) if stem else None,
        redis=tenants.redis_secret(app) if "cache" in component.uses else None,
        volumes=_volumes(platform, component, environment),
        always_on=component.always_on,
        supervises=component.supervises and environment == "prod",
        priority=names.priority_class(platform, app) if environment == "staging" else None,
        settings=_settings(app, name, environment),
    )


def _volumes(platform: Platform, component: Component, environment: Environment) -> tuple[VolumeShape, ...]:
    return tuple(
        VolumeShape(
            name=name,
            mount=volume.mount,
            size=volume.size,
            access=volume.access,
            storage_class=(platform.shared_storage_class or None)
            if volume.access == "ReadWriteMany"
            else None,
            scratch=environment != "prod",
        )
        for name, volume in component.volumes.items()
    )


def _settings(app: App, component: str, environment: Environment) -> tuple[tuple[str, str], ...]:
    """Who it is, first, then the component's own settings in the catalogue's order."""
    return (
        ("BLUEOCEAN_APP", app.name),
        ("BLUEOCEAN_COMPONENT", component),
        ("BLUEOCEAN_ENVIRONMENT", environment),
        *app.components[component].settings.items(),
    )
