"""What answers on dev ports and hosts, without a cluster behind it."""

import json
from collections.abc import Mapping

import pytest

from sandbox.containers import checks, view
from sandbox.containers.answering import Answering
from sandbox.kube import Object

LABELS = {"app.kubernetes.io/part-of": "nextstep", "app.kubernetes.io/component": "api"}


def service(**annotations: str) -> Object:
    labels = {**LABELS, "blueocean.io/environment": "dev"}
    metadata = {"name": "nextstep-api-dev", "namespace": "n", "labels": labels, "annotations": annotations}
    return {"metadata": metadata, "spec": {"selector": LABELS}}


def pod(name: str, *, ready: bool = True, env: list[Object] | None = None, **metadata: object) -> Object:
    labels = {**LABELS, "app.kubernetes.io/version": "1.2.3"}
    probe = {"httpGet": {"path": "/admin/server/health"}}
    return {
        "metadata": {"name": name, "namespace": "n", "labels": labels, **metadata},
        "spec": {"containers": [{"name": "c", "env": env or [], "readinessProbe": probe}]},
        "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


def nothing(_kind: str, _namespace: str, _name: str) -> Mapping[str, str] | None:
    return None


def ask(path: str, *pods: Object, home: str = "/") -> tuple[int, str]:
    backend = view.backend(service(), pods)
    answer = Answering(nothing, dict).answer(backend, path, home, as_json=True)
    return answer.status.value, answer.body


def test_only_ready_pods_of_the_same_namespace_that_stay_count() -> None:
    pods = [
        pod("b"),
        pod("a"),
        pod("c", ready=False),
        pod("d", deletionTimestamp="now"),
        pod("e", namespace="other"),
        pod("f", labels={"app.kubernetes.io/part-of": "kvibe"}),
    ]
    backend = view.backend(service(), pods)
    assert [one["metadata"]["name"] for one in backend.ready] == ["a", "b"]
    assert backend.total == 4


def test_a_service_without_selector_has_no_pods() -> None:
    headless = service()
    headless["spec"]["selector"] = None
    assert view.backend(headless, [pod("a")]).ready == ()


def test_the_page_says_who_answers() -> None:
    status, body = ask("/", pod("a"))
    assert status == 200
    assert json.loads(body) == {
        "app": "nextstep",
        "component": "api",
        "environment": "dev",
        "version": "1.2.3",
        "pods": ["a"],
    }


def test_the_page_for_people_is_html_that_says_it_is_simulated() -> None:
    answer = Answering(nothing, dict).answer(view.backend(service(), [pod("<b>")]), "/", "/", as_json=False)
    assert answer.kind == "text/html; charset=utf-8"
    assert "<h1>nextstep api</h1>" in answer.body
    assert "Simulated" in answer.body
    assert "<b>" not in answer.body


@pytest.mark.parametrize("path", ["/", "/api/health", "/admin/server/health", "/nope"])
def test_without_a_ready_pod_nothing_but_metrics_answers(path: str) -> None:
    status, body = ask(path, pod("a", ready=False))
    assert status == 503
    assert json.loads(body)["reason"] == "no Ready pod (1 in all)"
    status, body = ask("/metrics", pod("a", ready=False))
    assert status == 200
    assert 'up{app="nextstep",component="api",environment="dev",version="unknown"} 0' in body


@pytest.mark.parametrize(("path", "status"), [("/api", 200), ("/api/", 200), ("/", 200), ("/api/x", 404)])
def test_behind_a_prefix_the_page_is_at_the_prefix(path: str, status: int) -> None:
    assert ask(path, pod("a"), home="/api")[0] == status


def test_health_needs_no_data_where_none_is_configured() -> None:
    assert ask("/api/health", pod("a"))[0] == 200
    assert ask("/admin/server/health", pod("a"))[0] == 200


def test_an_agent_tells_its_state_where_its_service_says_and_nobody_else_does() -> None:
    said = service(**{"blueocean.io/status-path": "/claude/status"})
    agent = view.backend(said, [pod("a")])
    answer = Answering(nothing, dict).answer(agent, "/claude/status", "/", as_json=True)
    told = json.loads(answer.body)
    assert (answer.status, told["state"], told["delegation_level"]) == (200, "idle", "human-approval")
    assert (told["simulated"], told["pods"]) == (True, ["a"])
    assert ask("/claude/status", pod("a"))[0] == 404
    assert "/claude/status" in Answering(nothing, dict).answer(agent, "/nope", "/", as_json=True).body
    gone = view.backend(said, [pod("a", ready=False)])
    assert Answering(nothing, dict).answer(gone, "/claude/status", "/", as_json=True).status == 503


def test_health_names_what_is_missing() -> None:
    wanted: Object = {"name": "PGHOST", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    status, body = ask("/api/health", pod("a", env=[wanted]))
    assert status == 503
    assert json.loads(body)["checks"] == {"configuration": "secret s not found in namespace n"}


def test_health_tells_database_from_cache_and_no_credential() -> None:
    found = checks.check(
        {
            "PGHOST": "127.0.0.1",
            "PGPORT": "1",
            "PGUSER": "planted-user",
            "PGPASSWORD": "planted-pw",
            "PGDATABASE": "planted-db",
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": "1",
            "REDIS_PASSWORD": "planted-pw",
        }
    )
    assert found == {"database": "connection refused", "cache": "connection refused"}


def test_requests_are_counted_by_status() -> None:
    answering = Answering(nothing, dict)
    backend = view.backend(service(), [pod("a")])
    for path in ("/", "/", "/nope", "/api/health"):
        answering.answer(backend, path, "/", as_json=True)
    body = answering.answer(backend, "/metrics", "/", as_json=True).body
    assert 'version="1.2.3",code="200"} 3' in body
    assert 'version="1.2.3",code="404"} 1' in body
    assert 'version="1.2.3",result="ok"} 1' in body


@pytest.mark.parametrize(
    ("annotation", "offset", "port"),
    [("7020", 0, 7020), ("7020", 10000, 17020), ("65000", 1000, None), ("x", 0, None), ("", 0, None)],
)
def test_the_dev_port_is_shifted_and_nonsense_is_none(annotation: str, offset: int, port: int | None) -> None:
    assert view.dev_port(service(**{"blueocean.io/dev-port": annotation}), offset) == port


def ingress(host: str, *paths: tuple[str, str, str]) -> Object:
    rules = [
        {"path": path, "pathType": kind, "backend": {"service": {"name": name}}} for path, kind, name in paths
    ]
    return {"metadata": {"namespace": "n"}, "spec": {"rules": [{"host": host, "http": {"paths": rules}}]}}


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("a.local", "/", "web"),
        ("A.local:7080", "/x", "web"),
        ("a.local", "/api", "api"),
        ("a.local", "/api/x", "api"),
        ("a.local", "/apix", "web"),
        ("a.local", "/api/exact", "one"),
        ("a.local", "/api/exact/x", "api"),
        ("b.local", "/", None),
    ],
)
def test_the_longest_prefix_of_the_host_wins(host: str, path: str, name: str | None) -> None:
    rules = view.routes(
        [
            ingress(
                "a.local", ("/", "Prefix", "web"), ("/api", "Prefix", "api"), ("/api/exact", "Exact", "one")
            )
        ]
    )
    route = view.pick(rules, host, path)
    assert (route.service[1] if route else None) == name


@pytest.mark.parametrize(
    ("notes", "hosts", "secure"),
    [
        ({"ingress.cilium.io/force-https": "enabled"}, ["a.local"], True),
        ({"ingress.kubernetes.io/force-ssl-redirect": "true"}, ["a.local"], True),
        ({"ingress.cilium.io/force-https": "disabled"}, ["a.local"], False),
        ({}, ["a.local"], False),
        ({"ingress.cilium.io/force-https": "enabled"}, ["b.local"], False),
        ({"ingress.cilium.io/force-https": "enabled"}, [], False),
    ],
)
def test_only_a_host_with_tls_whose_ingress_asks_for_it_is_sent_to_https(
    notes: dict[str, str], hosts: list[str], *, secure: bool
) -> None:
    found = ingress("a.local", ("/", "Prefix", "web"))
    found["metadata"]["annotations"] = notes
    found["spec"]["tls"] = [{"hosts": hosts, "secretName": "s"}]
    (route,) = view.routes([found])
    assert route.secure_only is secure
