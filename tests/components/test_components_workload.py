"""A workload's objects from a shape made by hand."""

from typing import Any

import pytest

from catalogue.models.shape import VolumeShape, WorkloadShape
from components.workload import Workload
from tests.components.component_recording import Registered, only, record
from tests.components.component_shapes import OWNER, WORKLOAD

SELECTOR = {"app.kubernetes.io/part-of": "shop", "app.kubernetes.io/name": "shop-web"}


def made(what: WorkloadShape) -> list[Registered]:
    return record(lambda: Workload(what, OWNER, ()))


def varied(**changes: Any) -> WorkloadShape:  # noqa: ANN401  any field
    return WORKLOAD.model_copy(update=changes)


@pytest.fixture(scope="module")
def prod() -> list[Registered]:
    return made(WORKLOAD)


def deployment(found: list[Registered]) -> Any:  # noqa: ANN401  JSON
    return only(found, "Deployment").inputs["spec"]


def container(found: list[Registered]) -> Any:  # noqa: ANN401  JSON
    (one,) = deployment(found)["template"]["spec"]["containers"]
    return one


def test_inventory(prod: list[Registered]) -> None:
    assert {one.type.rpartition(":")[2] for one in prod} == {
        "Stack",
        "Workload",
        "ServiceAccount",
        "ConfigMap",
        "PersistentVolumeClaim",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
    }
    children = [one for one in prod if one.type.startswith("kubernetes:")]
    assert {one.parent for one in children} == {"shop-web-prod"}
    assert {one.inputs["metadata"]["namespace"] for one in children} == {"shop-prod"}


def test_labels(prod: list[Registered]) -> None:
    assert only(prod, "Deployment").inputs["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "pulumi",
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/component": "web",
        "app.kubernetes.io/name": "shop-web",
        "app.kubernetes.io/version": "1.2.3",
        "blueocean.io/environment": "prod",
        "blueocean.io/stack": "blueocean.prod",
    }


def test_the_selector_holds_nothing_that_a_release_changes(prod: list[Registered]) -> None:
    assert deployment(prod)["selector"] == {"matchLabels": SELECTOR}
    assert only(prod, "Service").inputs["spec"]["selector"] == SELECTOR


def test_another_component_with_the_same_image_keeps_every_selector(prod: list[Registered]) -> None:
    renamed = made(varied(component="site"))
    for kind in ("Deployment", "Service", "PodDisruptionBudget"):
        before, after = (only(found, kind).inputs["spec"]["selector"] for found in (prod, renamed))
        assert before == after


def test_the_autoscaler_owns_the_count(prod: list[Registered]) -> None:
    assert "replicas" not in deployment(prod)
    spec = only(prod, "HorizontalPodAutoscaler").inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 7)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop-web-prod"}
    assert spec["metrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 65}},
        }
    ]
    assert spec["behavior"]["scaleDown"] == {
        "stabilizationWindowSeconds": 300,
        "selectPolicy": "Min",
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
    }


def test_the_conservative_pace_gives_pods_back_more_slowly() -> None:
    scaling = WORKLOAD.autoscaling
    assert scaling
    slow = varied(autoscaling=scaling.model_copy(update={"pace": "conservative"}))
    down = only(made(slow), "HorizontalPodAutoscaler").inputs["spec"]["behavior"]["scaleDown"]
    assert down["stabilizationWindowSeconds"] == 600
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]


def test_a_fixed_count_has_no_autoscaler() -> None:
    found = made(varied(replicas=2, autoscaling=None))
    assert deployment(found)["replicas"] == 2
    assert "HorizontalPodAutoscaler" not in {one.type.rpartition(":")[2] for one in found}


def test_a_rolling_update_loses_no_pod(prod: list[Registered]) -> None:
    assert deployment(prod)["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"},
    }


def test_without_surge_one_pod_at_a_time() -> None:
    assert deployment(made(varied(surge=False)))["strategy"]["rollingUpdate"] == {
        "maxUnavailable": 1,
        "maxSurge": 0,
    }


def test_a_drain_takes_one_pod(prod: list[Registered]) -> None:
    spec = only(prod, "PodDisruptionBudget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert spec["selector"] == {"matchLabels": SELECTOR}


@pytest.mark.parametrize("replicas", [0, 1])
def test_a_single_pod_stops_no_drain(replicas: int) -> None:
    found = made(varied(replicas=replicas, autoscaling=None))
    assert "PodDisruptionBudget" not in {one.type.rpartition(":")[2] for one in found}
    assert "topologySpreadConstraints" not in deployment(found)["template"]["spec"]


@pytest.mark.parametrize(("always_on", "when"), [(True, "DoNotSchedule"), (False, "ScheduleAnyway")])
def test_pods_are_spread_over_nodes(when: str, *, always_on: bool) -> None:
    spread = deployment(made(varied(always_on=always_on)))["template"]["spec"]["topologySpreadConstraints"]
    assert {one["topologyKey"]: one["whenUnsatisfiable"] for one in spread} == {
        "kubernetes.io/hostname": when,
        "topology.kubernetes.io/zone": "ScheduleAnyway",
    }


def test_requests_limits_and_port(prod: list[Registered]) -> None:
    found = container(prod)
    assert found["resources"] == {
        "requests": {"memory": "100Mi", "cpu": "110m"},
        "limits": {"memory": "200Mi", "cpu": "210m"},
    }
    assert found["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    assert only(prod, "Service").inputs["spec"]["ports"] == [
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    ]


def test_probes(prod: list[Registered]) -> None:
    found = container(prod)
    for probe in ("startupProbe", "readinessProbe"):
        assert found[probe]["httpGet"] == {"path": "/web/health", "port": "http", "scheme": "HTTP"}
    # A database that is down must not restart the pods that wait for it.
    assert found["livenessProbe"]["tcpSocket"] == {"port": "http"}
    assert "httpGet" not in found["livenessProbe"]


def test_a_pod_leaves_the_endpoints_before_it_stops(prod: list[Registered]) -> None:
    grace = deployment(prod)["template"]["spec"]["terminationGracePeriodSeconds"]
    assert container(prod)["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert grace == 30


def test_only_the_tenants_credentials_it_uses(prod: list[Registered]) -> None:
    secrets = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in container(prod)["env"]}
    assert set(secrets) == {"PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGOPTIONS"}
    assert secrets["PGPASSWORD"] == {"name": "shop-postgres", "key": "PGPASSWORD"}
    both = container(made(varied(redis="shop-redis")))["env"]
    assert {one["name"] for one in both} - set(secrets) == {
        "REDIS_HOST",
        "REDIS_PORT",
        "REDIS_USERNAME",
        "REDIS_PASSWORD",
        "REDIS_PREFIX",
    }


def test_a_changed_setting_starts_new_pods(prod: list[Registered]) -> None:
    other = made(varied(settings=(("COLOUR", "green"),)))
    assert only(prod, "ConfigMap").inputs["data"] == {"COLOUR": "blue"}
    notes = [deployment(found)["template"]["metadata"]["annotations"] for found in (prod, other)]
    assert notes[0] != notes[1]


def test_a_volume_is_a_claim_or_scratch_space(prod: list[Registered]) -> None:
    spec = only(prod, "PersistentVolumeClaim").inputs["spec"]
    assert spec == {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "3Gi"}}}
    shared = VolumeShape(name="models", mount="/models", size="3Gi", storage_class="nfs")
    assert (
        only(made(varied(volumes=(shared,))), "PersistentVolumeClaim").inputs["spec"]["storageClassName"]
        == "nfs"
    )
    scratch = VolumeShape(name="models", mount="/models", size="3Gi", scratch=True)
    found = made(varied(volumes=(scratch,)))
    assert "PersistentVolumeClaim" not in {one.type.rpartition(":")[2] for one in found}
    volumes = deployment(found)["template"]["spec"]["volumes"]
    assert {"name": "models", "emptyDir": {"sizeLimit": "3Gi"}} in volumes
    assert {"name": "models", "mountPath": "/models"} in container(found)["volumeMounts"]


def test_where_it_tells_its_state_is_said_where_there_is_one(prod: list[Registered]) -> None:
    key = "blueocean.io/status-path"
    assert key not in only(prod, "Service").inputs["metadata"]["annotations"]
    told = only(made(varied(status="/claude/status")), "Service").inputs["metadata"]["annotations"]
    assert told[key] == "/claude/status"


def test_the_dev_port_is_said_where_there_is_one(prod: list[Registered]) -> None:
    key = "blueocean.io/dev-port"
    assert key not in only(prod, "Service").inputs["metadata"]["annotations"]
    assert only(made(varied(dev_port=7020)), "Service").inputs["metadata"]["annotations"][key] == "7020"
