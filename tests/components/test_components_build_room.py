"""The build room from the catalogue: its ceilings, what it reaches, and its two credentials."""

import base64
import json
from typing import Any

import pytest

from catalogue.builds import build_room
from catalogue.load import load
from components.build_room import BuildCredentials, BuildRoom
from tests.components.component_recording import Registered, around, only, record
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import in_stack

CREDENTIALS = BuildCredentials(docker_config="planted-docker-config", git_token="planted-git-token")


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    what = build_room(load().platform, "staging", "blueocean.staging")
    return record(lambda: BuildRoom(what, CREDENTIALS, around()))


def named(found: list[Registered], kind: str) -> dict[str, dict[str, Any]]:
    return {one.inputs["metadata"]["name"]: one.inputs for one in found if one.type.endswith(f":{kind}")}


def test_everything_lies_in_the_one_namespace(found: list[Registered]) -> None:
    objects = [one.inputs for one in found if one.type.startswith("kubernetes:")]
    names = {one["metadata"].get("namespace", one["metadata"]["name"]) for one in objects}
    assert names == {"blueocean-build"}
    assert {one["metadata"]["labels"]["blueocean.io/stack"] for one in objects} == {"blueocean.staging"}


def test_it_enforces_baseline_and_holds_four_builds(found: list[Registered]) -> None:
    (namespace,) = [one for one in found if one.type == "kubernetes:core/v1:Namespace"]
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.36"
    assert only(found, "ResourceQuota").inputs["spec"]["hard"] == {
        "requests.cpu": "2000m",
        "requests.memory": "4Gi",
        "limits.cpu": "8000m",
        "limits.memory": "16Gi",
        "pods": "4",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
    (limit,) = only(found, "LimitRange").inputs["spec"]["limits"]
    assert limit["max"] == {"cpu": "2", "memory": "4Gi"}


def test_it_reaches_dns_and_https_outside_and_nobody_reaches_it(found: list[Registered]) -> None:
    policies = {name: one["spec"] for name, one in named(found, "NetworkPolicy").items()}
    assert set(policies) == {"default-deny", "allow-dns", "allow-https-outside"}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert not [one for one in policies.values() if one.get("ingress")]
    (dns,) = policies["allow-dns"]["egress"]
    assert {one["port"] for one in dns["ports"]} == {53}
    (outside,) = policies["allow-https-outside"]["egress"]
    assert outside["ports"] == [{"protocol": "TCP", "port": 443}]
    private = outside["to"][0]["ipBlock"]["except"]
    assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"} <= set(private)


def test_the_account_has_no_token_and_no_right(found: list[Registered]) -> None:
    assert only(found, "ServiceAccount").inputs["automountServiceAccountToken"] is False
    assert not [one for one in found if "rbac" in one.type]


def test_each_credential_lies_in_one_secret_of_its_own(found: list[Registered]) -> None:
    secrets = named(found, "Secret")
    assert set(secrets) == {"registry-push", "git-read"}
    push = secrets["registry-push"]
    assert push["type"] == "kubernetes.io/dockerconfigjson"
    for planted, holder, key in (
        ("planted-docker-config", "registry-push", ".dockerconfigjson"),
        ("planted-git-token", "git-read", "token"),
    ):
        encoded = base64.b64encode(planted.encode()).decode()
        texts = {
            one.name: json.dumps(one.inputs, default=str)
            for one in found
            if encoded in json.dumps(one.inputs, default=str)
            or planted in json.dumps(one.inputs, default=str)
        }
        assert set(texts) == {f"blueocean-build-{holder}"}
        assert key in texts[f"blueocean-build-{holder}"]


def test_the_template_in_the_cluster_is_the_pod_of_every_build(found: list[Registered]) -> None:
    template = only(found, "PodTemplate").inputs
    assert template["metadata"]["name"] == "kaniko"
    assert template["template"] == build_room(load().platform, "prod", "any.stack").pod


def test_no_rule_of_the_policy_pack_refuses_it(found: list[Registered]) -> None:
    objects = [one.inputs for one in found if one.type.startswith("kubernetes:")]
    assert [one.text for one in judge().everything(in_stack("staging", objects), "state")] == []


def test_what_lies_in_it_waits_for_its_guard_rails(found: list[Registered]) -> None:
    rails = {"blueocean-build", "blueocean-build-quota", "blueocean-build-default-deny"}
    for kind in ("PodTemplate", "ServiceAccount"):
        assert rails <= only(found, kind).after
