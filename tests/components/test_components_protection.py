"""What an engine may not delete in production, and what it may."""

import pytest

from catalogue.models.shape import Environment
from components.labels import Owner
from components.namespace import Namespace
from components.route import Route
from components.workload import Workload
from tests.components.component_recording import Registered, around, record
from tests.components.component_shapes import NAMESPACE, OWNER, ROUTE, WORKLOAD

NOTHING, GUARDED, KEPT = (False, False), (True, False), (True, True)


def by_kind(found: list[Registered]) -> dict[str, tuple[bool, bool]]:
    return {
        one.type.rpartition(":")[2]: (one.protected, one.kept)
        for one in found
        if one.type.startswith("kubernetes:")
    }


def everything(environment: Environment, *, keeps_data: bool = False) -> dict[str, tuple[bool, bool]]:
    owner = Owner(app="shop", environment=environment, stack=f"blueocean.{environment}")
    there = {"environment": environment}
    space = NAMESPACE.model_copy(update=there | {"keeps_data": keeps_data})

    def make() -> None:
        Namespace(space, owner, around())
        Workload(WORKLOAD.model_copy(update=there), owner, ())
        Route(ROUTE.model_copy(update=there), owner, ())

    return by_kind(record(make))


def test_production_in_two_degrees() -> None:
    assert everything("prod", keeps_data=True) == {
        "Namespace": KEPT,
        "PersistentVolumeClaim": KEPT,
        "Deployment": GUARDED,
        "Service": GUARDED,
        "Ingress": GUARDED,
        "ResourceQuota": NOTHING,
        "LimitRange": NOTHING,
        "NetworkPolicy": NOTHING,
        "ServiceAccount": NOTHING,
        "ConfigMap": NOTHING,
        "PodDisruptionBudget": NOTHING,
        "HorizontalPodAutoscaler": NOTHING,
    }


def test_a_namespace_without_data_is_not_left_behind() -> None:
    assert everything("prod")["Namespace"] == GUARDED


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_other_environments_come_and_go(environment: Environment) -> None:
    found = everything(environment)
    assert found.pop("PersistentVolumeClaim") == KEPT  # the shape's, which has none outside production
    assert set(found.values()) == {NOTHING}


def test_the_shapes_of_this_test_are_productions() -> None:
    assert {OWNER.environment, NAMESPACE.environment, WORKLOAD.environment, ROUTE.environment} == {"prod"}
