"""The shared servers: their names, what they start with, who may reach them, and what stands elsewhere."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components.application import Application
from components.monitoring import grafana_source, prometheus_config
from components.shared_services import ServiceChoice, SharedServices, served
from tests.components.component_recording import Registered, around, record

DIGEST = "@sha256:" + "0" * 64
CHOICE = ServiceChoice(f"prom{DIGEST}", f"graf{DIGEST}", ("203.0.113.7/32",))
ELSEWHERE = replace(CHOICE, postgres_address="db.example.com", redis_address="cache.example.com")
# StatefulSet and Service: namespace, port of the Service, volume
SERVERS = {
    "postgres-central": ("platform", 5432, "50Gi"),
    "platform-pool-redis-master": ("platform", 6379, "10Gi"),
    "prometheus": ("monitoring", 9090, "50Gi"),
    "grafana": ("monitoring", 80, "5Gi"),
}


def made(choice: ServiceChoice = CHOICE) -> list[Registered]:
    return record(lambda: SharedServices(choice, "blueocean.prod", around()))


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    return made()


def of_kind(found: list[Registered], kind: str) -> dict[str, dict[str, Any]]:
    return {str(one.inputs["metadata"]["name"]): one.inputs for one in found if one.type.endswith(f":{kind}")}


def test_the_servers_answer_to_the_names_that_the_apps_know(found: list[Registered]) -> None:
    services = of_kind(found, "Service")
    assert {
        name: (one["metadata"]["namespace"], one["spec"]["ports"][0]["port"])
        for name, one in services.items()
    } == {name: (namespace, port) for name, (namespace, port, _) in SERVERS.items()}
    for name, one in of_kind(found, "StatefulSet").items():
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert services[name]["spec"]["selector"].items() <= labels.items()
        assert one["spec"]["replicas"] == 1


def test_data_outlives_the_stack(found: list[Registered]) -> None:
    claims = [one for one in found if one.type.endswith(":PersistentVolumeClaim")]
    sizes = {one.name: one.inputs["spec"]["resources"]["requests"]["storage"] for one in claims}
    assert sizes == {name: size for name, (_, _, size) in SERVERS.items()}
    assert all(one.kept for one in claims)


def test_pods_are_restricted_and_run_by_digest(found: list[Registered]) -> None:
    for one in of_kind(found, "StatefulSet").values():
        spec = one["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "@sha256:" in container["image"]
        assert {"requests", "limits"} == set(container["resources"])


def test_the_administrators_are_the_operators(found: list[Registered]) -> None:
    assert [name for name in of_kind(found, "Secret") if name.endswith("-admin")] == ["grafana-admin"]
    servers = of_kind(found, "StatefulSet")
    for name, secret in (
        ("postgres-central", "postgres-central-admin"),
        ("platform-pool-redis-master", "platform-pool-redis-admin"),
    ):
        (container,) = servers[name]["spec"]["template"]["spec"]["containers"]
        keys = [one["valueFrom"]["secretKeyRef"] for one in container["env"] if "valueFrom" in one]
        assert keys == [{"name": secret, "key": "username"}, {"name": secret, "key": "password"}]


def test_only_prometheus_sees_the_cluster_and_only_its_pods(found: list[Registered]) -> None:
    (role,) = of_kind(found, "ClusterRole").values()
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    (binding,) = of_kind(found, "ClusterRoleBinding").values()
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "prometheus", "namespace": "monitoring"}
    ]
    tokens = {
        name: [one["name"] for one in server["spec"]["template"]["spec"]["volumes"]].count("api-access")
        for name, server in of_kind(found, "StatefulSet").items()
    }
    assert tokens == {
        "postgres-central": 0,
        "platform-pool-redis-master": 0,
        "prometheus": 1,
        "grafana": 0,
    }


def test_every_policy_opens_one_door(found: list[Registered]) -> None:
    policies = {
        (one.inputs["metadata"]["namespace"], one.inputs["metadata"]["name"]): one.inputs["spec"]
        for one in found
        if one.type.endswith(":NetworkPolicy")
    }
    assert set(policies) == {
        ("platform", "allow-to-postgres-central"),
        ("platform", "allow-to-platform-pool-redis-master"),
        ("platform", "allow-tenant-jobs"),
        ("platform", "default-deny"),
        ("monitoring", "default-deny"),
        ("monitoring", "allow-dns"),
        ("monitoring", "allow-scraping"),
        ("monitoring", "allow-grafana-to-prometheus"),
        ("monitoring", "allow-grafana-out"),
        ("monitoring", "allow-ingress-to-grafana"),
    }
    door = policies["platform", "allow-to-postgres-central"]
    assert door["podSelector"] == {"matchLabels": {"app.kubernetes.io/component": "postgres-central"}}
    assert door["ingress"][0]["ports"] == [{"port": 5432, "protocol": "TCP"}]
    scraping = policies["monitoring", "allow-scraping"]
    assert [one["ports"] for one in scraping["egress"]] == [
        [{"port": 8080, "protocol": "TCP"}],
        [{"port": 443, "protocol": "TCP"}, {"port": 6443, "protocol": "TCP"}],
    ]
    assert scraping["egress"][1]["to"] == [{"ipBlock": {"cidr": "203.0.113.7/32"}}]


def test_a_server_elsewhere_is_an_alias(found: list[Registered]) -> None:
    elsewhere = made(ELSEWHERE)
    services = of_kind(elsewhere, "Service")
    for name, address in (
        ("postgres-central", "db.example.com"),
        ("platform-pool-redis-master", "cache.example.com"),
    ):
        assert services[name]["spec"] == {"type": "ExternalName", "externalName": address}
    assert set(of_kind(elsewhere, "StatefulSet")) == {"prometheus", "grafana"}
    assert set(of_kind(found, "StatefulSet")) == set(SERVERS)


def test_an_alias_waits_until_the_server_was_reached_where_it_points(found: list[Registered]) -> None:
    elsewhere = made(ELSEWHERE)
    jobs = {one.name: one for one in elsewhere if one.type.endswith(":Job")}
    asked = {
        "postgres-central": ("PGHOST", "db.example.com"),
        "platform-pool-redis-master": ("REDIS_HOST", "cache.example.com"),
    }
    assert set(jobs) == {f"{name}-reachable" for name in asked}
    for name, (variable, address) in asked.items():
        (alias,) = [one for one in elsewhere if one.name == name and one.type.endswith(":Service")]
        assert f"{name}-reachable" in alias.after
        assert {"platform-allow-tenant-jobs", "platform-default-deny"} <= jobs[f"{name}-reachable"].after
        pod = jobs[f"{name}-reachable"].inputs["spec"]["template"]["spec"]
        assert {"name": variable, "value": address} in pod["containers"][0]["env"]
        assert "volumes" not in pod
    moved = made(replace(ELSEWHERE, postgres_address="db2.example.com"))
    notes = [_notes(one) for one in (elsewhere, moved)]
    assert notes[0] != notes[1]
    assert not [one for one in found if one.type.endswith(":Job")]


def _notes(found: list[Registered]) -> object:
    (job,) = [one for one in found if one.name == "postgres-central-reachable"]
    return job.inputs["spec"]["template"]["metadata"]["annotations"]


def test_what_is_applied_to_a_server_waits_for_it() -> None:
    def make() -> None:
        ready = served(CHOICE, "blueocean.prod", around(), pulumi.ResourceOptions())
        Application(stack_content(CHECKOUT, "blueocean", "prod").apps[0], ready)

    jobs = [one for one in record(make) if one.type.endswith(":Job")]
    assert len(jobs) == 2
    for one in jobs:
        assert {"postgres-central", "platform-pool-redis-master", "platform-default-deny"} <= one.after


def test_a_stack_that_is_not_told_to_makes_none() -> None:
    made_ = record(lambda: served(None, "blueocean.dev", around(), pulumi.ResourceOptions()))
    assert [one for one in made_ if one.type.startswith("kubernetes:")] == []


SETTINGS = dict.fromkeys(("prometheusImage", "grafanaImage", "postgresAddress", "redisAddress"), "")


def chosen(cidrs: object = ("203.0.113.7/32",), **given: str) -> ServiceChoice | None:
    values = SETTINGS | {"sharedServices": "true"} | given
    return ServiceChoice.of(values.__getitem__, lambda _: cidrs)


def test_the_choice_is_the_settings() -> None:
    assert chosen(sharedServices="false") is None
    assert chosen() == ServiceChoice("", "", ("203.0.113.7/32",))
    nothing: tuple[object, ...] = (None, [], ())
    for cidrs in nothing:
        with pytest.raises(ValueError, match="needs the API server's address; set blueocean:apiServerCidrs"):
            chosen(cidrs)
    with pytest.raises(ValueError, match="is wider than an API server's address"):
        chosen(["10.0.0.0/8"])


@pytest.mark.parametrize("address", ["https://db.example.com", "db.example.com:5432", "db", "a..b"])
def test_an_address_that_is_no_dns_name_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"is no DNS name; write the server's without scheme and port"):
        chosen(postgresAddress=address)


def test_prometheus_finds_every_pod_of_ours_by_its_labels() -> None:
    (job,) = json.loads(prometheus_config())["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert job["kubernetes_sd_configs"] == [{"role": "pod"}]
    kept = [one for one in job["relabel_configs"] if one.get("action") == "keep"]
    assert kept[0] == {
        "action": "keep",
        "source_labels": ["__meta_kubernetes_pod_label_app_kubernetes_io_managed_by"],
        "regex": "pulumi",
    }
    copied = {one["target_label"] for one in job["relabel_configs"] if "target_label" in one}
    assert copied == {"app", "component", "environment", "image", "namespace", "pod"}


def test_grafana_asks_prometheus() -> None:
    (source,) = json.loads(grafana_source(around().services.prometheus))["datasources"]
    assert source["url"] == "http://prometheus.monitoring.svc.cluster.local:9090"
