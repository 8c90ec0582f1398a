"""When objects are ready, kind by kind."""

from typing import Any

import pytest

from sandbox.plugins.kubernetes.readiness import (
    claim,
    daemonset,
    definition,
    deployment,
    job,
    load_balancer,
    namespace,
    pod,
    statefulset,
    waitfor,
)


def live(spec: dict[str, Any], status: dict[str, Any], generation: int = 2) -> dict[str, Any]:
    return {"metadata": {"name": "a", "generation": generation}, "spec": spec, "status": status}


def condition(kind: str, status: str, reason: str = "R") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": "why", "lastUpdateTime": "T"}


def rolled_out(**changes: object) -> dict[str, Any]:
    status: dict[str, object] = {
        "observedGeneration": 2,
        "replicas": 2,
        "updatedReplicas": 2,
        "availableReplicas": 2,
        "conditions": [
            condition("Available", "True"),
            condition("Progressing", "True", "NewReplicaSetAvailable"),
        ],
    }
    return live({"replicas": 2}, {**status, **changes})


def test_a_deployment_is_ready_when_its_newest_generation_is() -> None:
    assert deployment.check(rolled_out()).ready
    assert deployment.check(live({"replicas": 0}, {"observedGeneration": 2})).ready
    assert deployment.check(live({"paused": True}, {})).ready


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"observedGeneration": 1}, "see the new generation"),
        ({"updatedReplicas": 1}, "1 of 2 Pods are of the new generation"),
        ({"replicas": 3}, "1 Pods of the old generation"),
        ({"availableReplicas": 1}, "1 of 2 are available"),
        ({"conditions": []}, "not Available"),
        (
            {"updatedReplicas": 0, "conditions": [condition("ReplicaFailure", "True", "FailedCreate")]},
            "FailedCreate",
        ),
    ],
)
def test_a_deployment_is_not_ready(changes: dict[str, Any], reason: str) -> None:
    verdict = deployment.check(rolled_out(**changes))
    assert not verdict.ready
    assert reason in verdict.reason


def test_a_deadline_counts_for_the_generation_that_exceeded_it() -> None:
    late = [condition("Progressing", "False", "ProgressDeadlineExceeded")]
    assert deployment.deadline_exceeded(rolled_out(conditions=late)) == "T"
    assert deployment.deadline_exceeded(rolled_out(conditions=late, observedGeneration=1)) is None
    assert deployment.deadline_exceeded(rolled_out()) is None


def test_statefulset() -> None:
    done = {
        "observedGeneration": 2,
        "readyReplicas": 2,
        "updatedReplicas": 2,
        "currentRevision": "b",
        "updateRevision": "b",
    }
    assert statefulset.check(live({"replicas": 2}, done)).ready
    for change in (
        {"observedGeneration": 1},
        {"readyReplicas": 1},
        {"updatedReplicas": 1},
        {"currentRevision": "a"},
    ):
        assert not statefulset.check(live({"replicas": 2}, {**done, **change})).ready
    partition = {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}}
    assert statefulset.check(live(partition, {**done, "updatedReplicas": 1, "currentRevision": "a"})).ready


def test_daemonset() -> None:
    done = {
        "observedGeneration": 2,
        "desiredNumberScheduled": 2,
        "updatedNumberScheduled": 2,
        "numberAvailable": 2,
    }
    assert daemonset.check(live({}, done)).ready
    for change in ({"observedGeneration": 1}, {"updatedNumberScheduled": 1}, {"numberAvailable": 1}):
        assert not daemonset.check(live({}, {**done, **change})).ready


def test_job() -> None:
    assert job.check(live({}, {"conditions": [condition("Complete", "True")]})).ready
    assert job.check(live({"suspend": True}, {})).ready
    assert not job.check(live({}, {"active": 1})).ready
    failed = job.check(live({}, {"conditions": [condition("Failed", "True", "BackoffLimitExceeded")]}))
    assert failed.failed
    assert "BackoffLimitExceeded" in failed.reason


def test_claim_namespace_and_definition() -> None:
    assert claim.check(live({}, {"phase": "Bound"})).ready
    assert claim.check(live({}, {"phase": "Lost"})).failed
    assert "Pending" in claim.check(live({}, {"phase": "Pending"})).reason
    assert namespace.check(live({}, {"phase": "Active"})).ready
    assert namespace.check(live({}, {"phase": "Terminating"})).failed
    assert definition.check(live({}, {"conditions": [condition("Established", "True")]})).ready
    assert definition.check(live({}, {"conditions": [condition("NamesAccepted", "False")]})).failed
    assert not definition.check(live({}, {})).ready


def test_addresses() -> None:
    address = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    assert load_balancer.check_service(live({"type": "ClusterIP"}, {})).ready
    assert not load_balancer.check_service(live({"type": "LoadBalancer"}, {"loadBalancer": {}})).ready
    assert load_balancer.check_service(live({"type": "LoadBalancer"}, address)).ready
    assert not load_balancer.check_ingress(live({}, {})).ready
    assert load_balancer.check_ingress(live({}, address)).ready


def test_pods_and_their_troubles() -> None:
    assert pod.check(live({}, {"phase": "Succeeded"})).ready
    assert pod.check(live({}, {"phase": "Running", "conditions": [condition("Ready", "True")]})).ready
    assert pod.check(live({}, {"phase": "Failed"})).failed
    status = {
        "conditions": [condition("PodScheduled", "False", "Unschedulable")],
        "containerStatuses": [
            {"name": "x", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}},
            {"name": "y", "state": {"terminated": {"reason": "Error", "exitCode": 3}}},
            {"name": "z", "state": {"waiting": {"reason": "ContainerCreating"}}},
        ],
    }
    found = pod.troubles(live({}, status))
    assert len(found) == 3
    assert "Unschedulable" in found[0]
    assert "ImagePullBackOff" in found[1]
    assert "exit code 3" in found[2]


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("condition=Ready", True),
        ("condition=Ready=True", True),
        ("condition=Ready=False", False),
        ("condition=Other", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.phase}=Up", True),
        ("jsonpath={$.status.phase}=Down", False),
        ("jsonpath={.status.list[0].x}=1", True),
        ("jsonpath={.status['a.b/c']}=yes", True),
        ("jsonpath={.status.missing}", False),
        ('["condition=Ready", "jsonpath={.status.phase}=Up"]', True),
        ('["condition=Ready", "jsonpath={.status.phase}=Down"]', False),
    ],
)
def test_wait_for(text: str, ready: bool) -> None:  # noqa: FBT001 - a column of the table
    status = {"phase": "Up", "list": [{"x": 1}], "a.b/c": "yes", "conditions": [condition("Ready", "True")]}
    assert waitfor.parse(text)(live({}, status)).ready is ready


@pytest.mark.parametrize("text", ["", "Ready", "[]", "[1]", "[", "jsonpath={}", "jsonpath={.a[?(@.b==1)]}"])
def test_wait_for_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"pulumi\.com/waitFor"):
        waitfor.parse(text)
