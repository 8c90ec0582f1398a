"""The labels that every object carries, in one place, so that selectors, audit and recovery agree on them."""

from catalogue.models.base import Model
from catalogue.models.shape import Environment, WorkloadShape

MANAGED_BY = "app.kubernetes.io/managed-by"
PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"
NAME = "app.kubernetes.io/name"
VERSION = "app.kubernetes.io/version"
ENVIRONMENT = "blueocean.io/environment"
STACK = "blueocean.io/stack"
TENANT = "blueocean.io/tenant"


class Owner(Model):
    """Whose objects they are: `app` in `environment`, made by `stack` (`<project>.<stack>`)."""

    app: str
    environment: Environment
    stack: str

    def labels(self) -> dict[str, str]:
        """What every object of the owner carries."""
        return {
            MANAGED_BY: "pulumi",
            PART_OF: self.app,
            ENVIRONMENT: self.environment,
            STACK: self.stack,
        }


def workload_labels(owner: Owner, what: WorkloadShape) -> dict[str, str]:
    """The labels of a workload's objects and of its pods."""
    return owner.labels() | {COMPONENT: what.component, NAME: what.image_name, VERSION: what.version}


def selector(what: WorkloadShape) -> dict[str, str]:
    """What finds a workload's pods: app and image, as its own name is made of them.

    A selector is immutable: with anything in it that may change while the name stays, such as the component,
    the change would delete the live Deployment before its successor is made.
    """
    return {PART_OF: what.app, NAME: what.image_name}
