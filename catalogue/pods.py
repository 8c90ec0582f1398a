"""How many pods a component has in an environment, and how large they are. Pure."""

from catalogue.models.app import App
from catalogue.models.component import Component
from catalogue.models.environment import Staging
from catalogue.models.platform import Platform
from catalogue.models.quantity import Resources, shared
from catalogue.models.shape import AutoscalingShape, Environment


def replicas(platform: Platform, app: App, component: str, environment: Environment) -> int | None:
    """The pods of the component, None where the autoscaler decides. In staging: as the slot's owner."""
    if environment == "prod":
        return None
    if environment == "dev":
        return platform.environments.dev.replicas
    return staged(platform.environments.staging, app)[component]


def staged(staging: Staging, app: App) -> dict[str, int]:
    """Pods of the slot's owner: as many each as fit the maximum, one more for the first components (D-9)."""
    each, left = divmod(staging.max_pods, len(app.components))
    return {name: each + (place < left) for place, name in enumerate(app.components)}


def autoscaling(app: App, component: Component, environment: Environment) -> AutoscalingShape | None:
    """Bounds and target in production, None elsewhere."""
    own = component.autoscaling or app.autoscaling
    if environment != "prod" or own is None:
        return None
    return AutoscalingShape(min=own.min, max=own.max, cpu=own.cpu, pace=own.pace)


def resources(platform: Platform, app: App, component: Component, environment: Environment) -> Resources:
    """Requests and limits of one pod."""
    if environment == "dev":
        return platform.environments.dev.resources
    if environment == "staging":
        return quarter(platform.environments.staging)
    own = component.resources or app.resources
    if own is None:
        raise ValueError(f"{app.name}: image {component.image} has no resources in production")
    return own


def quarter(staging: Staging) -> Resources:
    """What one pod in staging takes: the total shared evenly by as many pods as fit (D-9)."""
    return shared(staging.total, staging.max_pods)


def most(platform: Platform, app: App, component: str, environment: Environment) -> int:
    """The pods of the component at the worst moment: all of them and what a rolling update adds.

    In dev one pod more for each; in production a quarter more, rounded up, as Kubernetes does by default; in
    staging nothing, its quota is full.
    """
    steady = replicas(platform, app, component, environment)
    if environment == "staging" and steady is not None:
        return steady
    if steady is not None:
        return steady * 2
    own = app.components[component].autoscaling or app.autoscaling
    if own is None:
        raise ValueError(f"{app.name}: {component} has no autoscaling in production")
    return own.max + -(-own.max // 4)
