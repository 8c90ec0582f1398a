"""A namespace's guard rails from a shape made by hand."""

from typing import Any

import pytest

from components.namespace import Namespace
from components.surroundings import home
from tests.components.component_recording import Registered, around, only, record
from tests.components.component_shapes import NAMESPACE, OWNER

Specs = dict[str, dict[str, Any]]


def made(**changes: bool) -> list[Registered]:
    what = NAMESPACE.model_copy(update=changes)
    return record(lambda: Namespace(what, OWNER, around()))


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    return made()


def policies(found: list[Registered]) -> Specs:
    return {
        one.inputs["metadata"]["name"]: one.inputs["spec"]
        for one in found
        if one.type.endswith(":NetworkPolicy")
    }


def test_quota_and_limits(found: list[Registered]) -> None:
    assert only(found, "ResourceQuota").inputs["spec"]["hard"] == {
        "requests.cpu": "1",
        "requests.memory": "1Gi",
        "limits.cpu": "2",
        "limits.memory": "2Gi",
        "pods": "9",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
    assert only(found, "LimitRange").inputs["spec"]["limits"] == [
        {
            "type": "Container",
            "defaultRequest": {"cpu": "110m", "memory": "100Mi"},
            "default": {"cpu": "210m", "memory": "200Mi"},
            "max": {"cpu": "210m", "memory": "200Mi"},
        }
    ]


def test_the_guard_rails_wait_for_the_namespace(found: list[Registered]) -> None:
    rails = [one for one in found if one.type.startswith("kubernetes:") and one.inputs["kind"] != "Namespace"]
    assert len(rails) == 9
    assert all("shop-prod" in one.after for one in rails)


def test_exactly_these_openings(found: list[Registered]) -> None:
    assert set(policies(found)) == {
        "default-deny",
        "allow-dns",
        "allow-same-app",
        "allow-monitoring",
        "allow-shared-services",
        "allow-ingress-controller",
        "allow-https-outside",
    }


def test_an_app_without_route_or_outside_has_fewer() -> None:
    names = set(policies(made(external=False, has_route=False)))
    assert not names & {"allow-ingress-controller", "allow-https-outside"}


def test_the_shared_servers_and_nothing_else_in_their_namespace(found: list[Registered]) -> None:
    spec = policies(found)["allow-shared-services"]
    platform = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "platform"}}}]
    assert spec["policyTypes"] == ["Egress"]
    assert spec["egress"] == [
        {"to": platform, "ports": [{"protocol": "TCP", "port": 5432}]},
        {"to": platform, "ports": [{"protocol": "TCP", "port": 6379}]},
    ]


def test_outside_means_outside(found: list[Registered]) -> None:
    (rule,) = policies(found)["allow-https-outside"]["egress"]
    four, six = (peer["ipBlock"] for peer in rule["to"])
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"} <= set(
        four["except"]
    )
    assert {"fc00::/7", "fe80::/10"} <= set(six["except"])


def test_the_same_app_is_the_same_environment_too(found: list[Registered]) -> None:
    peer = {
        "namespaceSelector": {
            "matchLabels": {"app.kubernetes.io/part-of": "shop", "blueocean.io/environment": "prod"}
        }
    }
    spec = policies(found)["allow-same-app"]
    assert spec["ingress"][0]["from"] == [peer]
    assert spec["egress"][0]["to"] == [peer]


@pytest.mark.parametrize(
    ("policy", "namespace"), [("allow-ingress-controller", "ingress"), ("allow-monitoring", "monitoring")]
)
def test_who_may_come_in(found: list[Registered], policy: str, namespace: str) -> None:
    (rule,) = policies(found)[policy]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    ]


def test_a_service_outside_the_cluster_is_refused() -> None:
    outside = around().services.postgres.model_copy(update={"host": "db.example.com"})
    with pytest.raises(ValueError, match=r"db\.example\.com is no service of the cluster"):
        home(outside)
