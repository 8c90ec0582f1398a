"""Waiting, on live objects: what counts as ready, how long, and what is said when it is not."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sandbox.plugins.values import from_struct
from tests.plugins.harness import LIMIT, Live, Partial, Plugin, eventually

pytestmark = pytest.mark.sandbox

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
JOB = "kubernetes:batch/v1:Job"
CONTAINERS = [{"name": "main", "image": "example/app:1"}]


def manifest(
    live: Live, token: str, spec: dict[str, Any] | None = None, **annotations: str
) -> dict[str, Any]:
    _, api_version, kind = token.split(":")
    metadata = {"name": "a", "namespace": live.space, "annotations": annotations}
    body = {"apiVersion": api_version.removeprefix("core/"), "kind": kind, "metadata": metadata}
    return body if spec is None else {**body, "spec": spec}


def workload(replicas: int = 1, **pod: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a Pod
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": CONTAINERS, **pod}}
    return {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}


def in_background(live: Live, work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            live.client.close()  # each thread has a connection of its own

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_deployment_statefulset_and_daemonset_are_ready_when_created(plugin: Plugin, live: Live) -> None:
    plugin.create(DEPLOYMENT, manifest(live, DEPLOYMENT, workload(2)))
    assert live.get("deployments", "a")["status"]["availableReplicas"] == 2
    for kind in ("StatefulSet", "DaemonSet"):
        token = f"kubernetes:apps/v1:{kind}"
        spec = workload() | ({"serviceName": "a"} if kind == "StatefulSet" else {})
        if kind == "DaemonSet":
            del spec["replicas"]
        plugin.create(token, manifest(live, token, spec))
        path = f"/apis/apps/v1/namespaces/{live.space}/{kind.lower()}s/a"
        status = live.client.get(path).body["status"]
        ready = status.get("readyReplicas") or status["numberReady"]
        assert ready == status.get("desiredNumberScheduled", 1)


@pytest.mark.parametrize(
    ("annotations", "timeout"),
    [({"pulumi.com/timeoutSeconds": "1"}, 0.0), ({"pulumi.com/timeoutSeconds": "300"}, 1.0), ({}, 1.0)],
)
def test_the_timeout_is_the_resources_own_before_the_annotations(
    plugin: Plugin, live: Live, annotations: dict[str, str], timeout: float
) -> None:
    spec = workload(nodeSelector={"no": "such"})
    with pytest.raises(Partial) as failure:
        plugin.create(DEPLOYMENT, manifest(live, DEPLOYMENT, spec, **annotations), timeout=timeout)
    assert "timed out after 1 seconds" in failure.value.reasons[0]
    assert failure.value.id == f"{live.space}/a"
    assert failure.value.outputs["spec"]["progressDeadlineSeconds"] == 600


def test_a_deployment_that_gave_up_fails_at_once_and_names_what_forbids_its_pods(
    plugin: Plugin, live: Live
) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q"},
        "spec": {"hard": {"pods": "0"}},
    }
    live.create("resourcequotas", quota)
    eventually(lambda: "used" in live.get("resourcequotas", "q").get("status", {}))
    began = time.monotonic()
    with pytest.raises(Partial) as failure:
        plugin.create(DEPLOYMENT, manifest(live, DEPLOYMENT, workload() | {"progressDeadlineSeconds": 2}))
    assert time.monotonic() - began < 30
    assert "exceeded quota" in str(failure.value)


def test_skip_await_waits_for_nothing(plugin: Plugin, live: Live) -> None:
    spec = workload(nodeSelector={"no": "such"})
    plugin.create(DEPLOYMENT, manifest(live, DEPLOYMENT, spec, **{"pulumi.com/skipAwait": "true"}))


def test_a_job_is_ready_when_complete_and_failed_when_failed(plugin: Plugin, live: Live) -> None:
    def end_pods(phase: str) -> None:
        """Play the Job runner, which this control plane has not."""
        eventually(lambda: bool(live.client.get(live.path("pods")).body["items"]))
        for pod in live.client.get(live.path("pods")).body["items"]:
            live.patch("pods", pod["metadata"]["name"], {"status": {"phase": phase}}, "/status")

    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}, "backoffLimit": 0}
    for phase in ("Succeeded", "Failed"):
        ending = in_background(live, partial(end_pods, phase))
        if phase == "Succeeded":
            plugin.create(JOB, manifest(live, JOB, spec))
            assert live.get("jobs", "a")["status"]["succeeded"] == 1
            plugin.delete(JOB, f"{live.space}/a", manifest(live, JOB, spec))
        else:
            with pytest.raises(Partial, match="BackoffLimitExceeded"):
                plugin.create(JOB, manifest(live, JOB, spec))
        ending.join()


@pytest.mark.parametrize("kind", ["Service", "Ingress"])
def test_a_load_balancer_and_an_ingress_wait_for_their_address(plugin: Plugin, live: Live, kind: str) -> None:
    spec: dict[str, Any] = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    token, resource = "kubernetes:core/v1:Service", "services"
    if kind == "Ingress":
        spec = {"defaultBackend": {"service": {"name": "a", "port": {"number": 80}}}}
        token, resource = "kubernetes:networking.k8s.io/v1:Ingress", "ingresses"
    answers: list[Any] = []
    creating = in_background(live, lambda: answers.append(plugin.create(token, manifest(live, token, spec))))
    eventually(lambda: live.exists(resource, "a"))
    time.sleep(1)
    assert answers == []
    live.patch(resource, "a", {"status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}}, "/status")
    creating.join(LIMIT)
    assert len(answers) == 1


def test_a_claim_waits_for_its_volume_unless_its_class_waits_for_a_pod(plugin: Plugin, live: Live) -> None:
    token = "kubernetes:core/v1:PersistentVolumeClaim"
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "",
    }
    with pytest.raises(Partial, match="not Bound"):
        plugin.create(token, manifest(live, token, spec), timeout=1)
    lazy = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": live.space}}
    lazy |= {"provisioner": "example.com/none", "volumeBindingMode": "WaitForFirstConsumer"}
    live.client.send("POST", "/apis/storage.k8s.io/v1/storageclasses", body=lazy)
    second = manifest(live, token, spec | {"storageClassName": live.space})
    second["metadata"]["name"] = "b"
    plugin.create(token, second)
    live.client.send("DELETE", f"/apis/storage.k8s.io/v1/storageclasses/{live.space}")


def test_wait_for_takes_the_place_of_the_kinds_own_check(plugin: Plugin, live: Live) -> None:
    inputs = manifest(live, CONFIG_MAP, None, **{"pulumi.com/waitFor": "jsonpath={.data.ready}=yes"})
    answers: list[Any] = []
    creating = in_background(live, lambda: answers.append(plugin.create(CONFIG_MAP, inputs)))
    eventually(lambda: live.exists("configmaps", "a"))
    time.sleep(0.5)
    assert answers == []
    live.patch("configmaps", "a", {"data": {"ready": "yes"}})
    creating.join(LIMIT)
    assert len(answers) == 1


def test_deletion_waits_for_the_end_and_says_what_holds_it(plugin: Plugin, live: Live) -> None:
    inputs = manifest(live, CONFIG_MAP)
    plugin.create(CONFIG_MAP, inputs)
    live.patch("configmaps", "a", {"metadata": {"finalizers": ["example.com/hold"]}})
    with pytest.raises(AssertionError, match=r"held by example\.com/hold"):
        plugin.delete(CONFIG_MAP, f"{live.space}/a", inputs, timeout=1)
    free = in_background(live, lambda: live.patch("configmaps", "a", {"metadata": {"finalizers": None}}))
    plugin.delete(CONFIG_MAP, f"{live.space}/a", inputs)
    free.join()
    assert not live.exists("configmaps", "a")
    plugin.delete(CONFIG_MAP, f"{live.space}/a", inputs)  # gone already: nothing to do


def test_a_create_waits_for_an_older_object_of_this_stack_that_is_going(plugin: Plugin, live: Live) -> None:
    inputs = manifest(live, CONFIG_MAP)
    plugin.create(CONFIG_MAP, inputs)
    uid = live.uid("configmaps", "a")
    live.patch("configmaps", "a", {"metadata": {"finalizers": ["example.com/hold"]}})
    live.delete("configmaps", "a")
    creating = in_background(live, lambda: plugin.create(CONFIG_MAP, inputs))
    time.sleep(0.5)
    live.patch("configmaps", "a", {"metadata": {"finalizers": None}})
    creating.join(LIMIT)
    assert live.uid("configmaps", "a") != uid


def test_an_update_of_an_object_that_is_going_makes_it_anew(plugin: Plugin, live: Live) -> None:
    state = from_struct(plugin.create(CONFIG_MAP, manifest(live, CONFIG_MAP)).properties)
    uid = live.uid("configmaps", "a")
    live.patch("configmaps", "a", {"metadata": {"finalizers": ["example.com/hold"]}})
    live.delete("configmaps", "a")
    changed = manifest(live, CONFIG_MAP, None, **{"example.com/note": "changed"})
    updating = in_background(live, lambda: plugin.update(CONFIG_MAP, state, changed))
    time.sleep(0.5)
    live.patch("configmaps", "a", {"metadata": {"finalizers": None}})
    updating.join(LIMIT)
    assert live.uid("configmaps", "a") != uid
    assert live.get("configmaps", "a")["metadata"]["annotations"]["example.com/note"] == "changed"


def test_an_unready_job_is_replaced_where_the_program_wants_it(plugin: Plugin, live: Live) -> None:
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}}
    inputs = manifest(live, JOB, spec, **{"pulumi.com/replaceUnready": "true"})
    with pytest.raises(Partial, match="not complete"):
        plugin.create(JOB, inputs, timeout=1)
    response = plugin.diff(JOB, inputs, inputs, identity=f"{live.space}/a")
    assert list(response.replaces) == ['metadata.annotations["pulumi.com/replaceUnready"]']
    assert response.deleteBeforeReplace
    unwanted = manifest(live, JOB, spec)
    assert plugin.diff(JOB, unwanted, unwanted, identity=f"{live.space}/a").changes == 1
    live.patch("jobs", "a", {"spec": {"suspend": True}})
    assert plugin.diff(JOB, inputs, inputs, identity=f"{live.space}/a").changes == 1
