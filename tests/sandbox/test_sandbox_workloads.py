"""The simulated containers against the real servers: Jobs that run, components that answer."""

import functools
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import identity, resp
from sandbox.kube import KubeClient, KubeError, Object
from sandbox.layout import CHECKOUT, Layout
from sandbox.settings import POSTGRES_ADMIN, VALKEY_ADMIN
from tests.conftest import RunningSandbox

pytestmark = pytest.mark.sandbox
NAMESPACE = "workload-tests"
PASSWORD = "planted-7f3a9c"
PORT = 7090
"""No component's: other tests may bring the dev stack up in the same sandbox."""
POSTGRES = {"PGHOST": "postgres-central.platform.svc.cluster.local", "PGPORT": "5432"}
REDIS = {"REDIS_HOST": "platform-pool-redis-master.platform.svc.cluster.local", "REDIS_PORT": "6379"}
LABELS = {"app.kubernetes.io/part-of": "demo", "app.kubernetes.io/component": "api"}


@pytest.fixture(scope="module")
def api(sandbox: RunningSandbox) -> Iterator[KubeClient]:
    client = sandbox.context.kube()
    put(client, f"/api/v1/namespaces/{NAMESPACE}", {"apiVersion": "v1", "kind": "Namespace"})
    yield client
    client.request("DELETE", f"/api/v1/namespaces/{NAMESPACE}")


def until(found: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def put(api: KubeClient, path: str, body: Object) -> None:
    metadata = {**body.get("metadata", {}), "name": path.rpartition("/")[2]}
    api.apply(path, {**body, "metadata": metadata})


def secret(api: KubeClient, name: str, **data: str) -> None:
    body: Object = {"apiVersion": "v1", "kind": "Secret", "stringData": data}
    put(api, f"/api/v1/namespaces/{NAMESPACE}/secrets/{name}", body)


def job(api: KubeClient, name: str, container: Object, **spec: object) -> None:
    main = {"name": "main", "image": "none", **container}
    volumes = main.pop("volumes", [])
    pod: Object = {"restartPolicy": "Never", "containers": [main], "volumes": volumes}
    body: Object = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, **spec, "template": {"spec": pod}},
    }
    api.request("POST", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs", body)


def condition(api: KubeClient, name: str) -> str:
    found = api.request("GET", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{name}")
    conditions = found["status"].get("conditions", [])
    final = [one["type"] for one in conditions if one["status"] == "True"]
    return next((kind for kind in final if kind in {"Complete", "Failed"}), "")


def finished(api: KubeClient, name: str) -> str:
    until(lambda: condition(api, name))
    return condition(api, name)


def log(sandbox: RunningSandbox, name: str) -> str:
    folder = Layout(sandbox.root).log / "jobs" / NAMESPACE / name
    return "".join(path.read_text() for path in sorted(folder.glob("*.log")))


def pod_of(api: KubeClient, name: str) -> Object:
    path = f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=batch.kubernetes.io/job-name={name}"
    found: Object = api.request("GET", path)["items"][0]
    return found


def variables(sandbox: RunningSandbox) -> list[Object]:
    admin = {
        "PGUSER": POSTGRES_ADMIN,
        "PGPASSWORD": sandbox.context.credentials.postgres,
        "PGDATABASE": "postgres",
    }
    return [{"name": name, "value": value} for name, value in {**POSTGRES, **admin}.items()]


def test_a_job_runs_its_own_command_with_its_mounts_and_secrets(
    sandbox: RunningSandbox, api: KubeClient
) -> None:
    sql = "\\getenv pw TENANT_PASSWORD\nSELECT 'came from ' || :'pw', current_user;\n"
    secret(api, "script", **{"tenant.sql": sql, "password": PASSWORD})
    reference = {"secretKeyRef": {"name": "script", "key": "password"}}
    container: Object = {
        "command": ["psql", "-v", "ON_ERROR_STOP=1", "-f", "/tenant/tenant.sql"],
        "env": [*variables(sandbox), {"name": "TENANT_PASSWORD", "valueFrom": reference}],
        "volumeMounts": [{"name": "script", "mountPath": "/tenant"}],
        "volumes": [{"name": "script", "secret": {"secretName": "script"}}],
    }
    job(api, "tenant", container)
    assert finished(api, "tenant") == "Complete"
    text = log(sandbox, "tenant")
    assert "came from ***" in text
    assert PASSWORD not in text
    folder = Layout(sandbox.root).run / "jobs"
    until(lambda: not list(folder.rglob("tenant.sql")))


def test_a_job_without_volumes_has_a_folder_to_work_in(sandbox: RunningSandbox, api: KubeClient) -> None:
    job(api, "bare", {"command": ["sh", "-c", "echo in $HOME; cd $HOME && touch here"]})
    assert finished(api, "bare") == "Complete"
    assert "in /" in log(sandbox, "bare")


def test_a_job_is_not_root_and_sees_only_its_own_environment(
    sandbox: RunningSandbox, api: KubeClient
) -> None:
    job(api, "who", {"command": ["sh", "-c", "id -u; env; test ! -e /proc/1/root/x || exit 9"]})
    assert finished(api, "who") == "Complete"
    text = log(sandbox, "who")
    assert text.splitlines()[0] != "0"
    assert "KUBECONFIG" not in text
    assert "PULUMI" not in text


def test_a_failing_job_fails_with_its_code_and_the_end_of_its_log(api: KubeClient) -> None:
    job(api, "failing", {"command": ["sh", "-c", "echo because >&2; exit 7"]})
    assert finished(api, "failing") == "Failed"
    state = pod_of(api, "failing")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (state["exitCode"], state["reason"], state["message"]) == (7, "Error", "because\n")


def test_a_command_that_is_not_in_the_container_fails(api: KubeClient) -> None:
    job(api, "absent", {"command": ["no-such-program"]})
    assert finished(api, "absent") == "Failed"
    state = pod_of(api, "absent")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert state["exitCode"] == 127


def test_a_job_waits_for_a_secret_that_comes_later(api: KubeClient) -> None:
    reference = {"secretKeyRef": {"name": "later", "key": "password"}}
    job(api, "waiting", {"command": ["true"], "env": [{"name": "X", "valueFrom": reference}]})

    def reason() -> str:
        statuses = pod_of(api, "waiting")["status"].get("containerStatuses", [{}])
        return str(statuses[0].get("state", {}).get("waiting", {}).get("reason", ""))

    until(lambda: reason() == "CreateContainerConfigError")
    secret(api, "later", password=PASSWORD)
    assert finished(api, "waiting") == "Complete"


def test_a_job_that_takes_too_long_is_ended(sandbox: RunningSandbox, api: KubeClient) -> None:
    job(api, "slow", {"command": ["sleep", "4711"]}, activeDeadlineSeconds=2)
    assert finished(api, "slow") == "Failed"
    until(lambda: "4711" not in str([p.cmdline() for p in identity.strays(sandbox.root, "jobs")]))


def test_a_runner_killed_in_the_middle_runs_the_job_again(sandbox: RunningSandbox, api: KubeClient) -> None:
    with tempfile.TemporaryDirectory() as folder:  # those of pytest are nobody else's to enter
        Path(folder).chmod(0o755)
        wait = f"echo started; until test -e {folder}/go; do sleep 0.1; done"
        job(api, "again", {"command": ["sh", "-c", wait]})
        until(lambda: "started" in log(sandbox, "again"))
        record = identity.read(Layout(sandbox.root).run / "jobs.json")
        assert record
        os.kill(record.pid, signal.SIGKILL)
        command = [sys.executable, "-m", "sandbox", "up"]
        subprocess.run(command, cwd=CHECKOUT, env=sandbox.env, check=True, capture_output=True)
        (Path(folder) / "go").touch()
        assert finished(api, "again") == "Complete"
    assert log(sandbox, "again").count("started") == 2


def answer(sandbox: RunningSandbox, port: int, path: str, host: str = "localhost") -> tuple[int, Object]:
    url = f"http://127.0.0.1:{port + sandbox.port_offset}{path}"
    headers = {"Accept": "application/json", "Host": host}
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as found:  # noqa: S310  the same
            return found.status, json.load(found)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def component(sandbox: RunningSandbox, api: KubeClient) -> Iterator[RunningSandbox]:
    context = sandbox.context
    address = f"host=127.0.0.1 port={context.port('postgres')} user={POSTGRES_ADMIN} dbname=postgres"
    with psycopg.connect(address, password=context.credentials.postgres, autocommit=True) as database:
        database.execute(f"CREATE ROLE demo_dev LOGIN PASSWORD '{PASSWORD}'")
        database.execute("CREATE DATABASE demo_dev OWNER demo_dev")
    login = (VALKEY_ADMIN, context.credentials.valkey)
    rights = ("ACL", "SETUSER", "demo", "reset", "on", f">{PASSWORD}", "~demo:dev:*", "+@all")
    resp.run("127.0.0.1", context.port("valkey"), login, rights, ("ACL", "SAVE"))
    secret(api, "pg", **POSTGRES, PGUSER="demo_dev", PGPASSWORD=PASSWORD, PGDATABASE="demo_dev")
    secret(api, "rd", **REDIS, REDIS_USERNAME="demo", REDIS_PASSWORD=PASSWORD, REDIS_PREFIX="demo:dev:")
    container: Object = {
        "name": "api",
        "image": "demo-api",
        "envFrom": [{"secretRef": {"name": "pg"}}, {"secretRef": {"name": "rd"}}],
    }
    labels = {**LABELS, "app.kubernetes.io/version": "1.2.3"}
    template: Object = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    deployment: Object = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template},
    }
    service: Object = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"labels": LABELS, "annotations": {"blueocean.io/dev-port": str(PORT)}},
        "spec": {"selector": LABELS, "ports": [{"port": 80}]},
    }
    backend = {"service": {"name": "demo-api", "port": {"number": 80}}}
    paths = [{"path": "/api", "pathType": "Prefix", "backend": backend}]
    ingress: Object = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "spec": {"rules": [{"host": "demo.dev.localhost", "http": {"paths": paths}}]},
    }
    put(api, f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/demo-api", deployment)
    put(api, f"/api/v1/namespaces/{NAMESPACE}/services/demo-api", service)
    put(api, f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/ingresses/demo", ingress)
    until(lambda: reachable(sandbox) == 200)
    until(lambda: asked(sandbox, "/api", "demo.dev.localhost")[0] == 200)  # Ingresses are another watch
    yield sandbox
    api.request("DELETE", f"/api/v1/namespaces/{NAMESPACE}/services/demo-api")


def reachable(sandbox: RunningSandbox) -> int:
    try:
        return answer(sandbox, PORT, "/")[0]
    except OSError:
        return 0


def test_a_component_answers_on_its_dev_port_and_host(component: RunningSandbox) -> None:
    status, document = answer(component, PORT, "/")
    assert status == 200
    assert (document["app"], document["component"], document["version"]) == ("demo", "api", "1.2.3")
    assert len(document["pods"]) == 1
    assert answer(component, 7080, "/api", "demo.dev.localhost") == (status, document)
    status, document = answer(component, 7080, "/api", "other.dev.localhost")
    assert status == 404
    assert "demo.dev.localhost" in document["hint"]


def test_plain_http_is_sent_to_https_where_the_ingress_asks_for_it(
    component: RunningSandbox, api: KubeClient
) -> None:
    backend = {"service": {"name": "demo-api", "port": {"number": 80}}}
    rule = {"host": "demo", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    body: Object = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"annotations": {"ingress.cilium.io/force-https": "enabled"}},
        "spec": {"rules": [rule], "tls": [{"hosts": ["demo"], "secretName": "demo-tls"}]},
    }
    put(api, f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/ingresses/secure", body)
    until(lambda: asked(component, "/x?y=1", "demo")[0] == 308)
    assert asked(component, "/x?y=1", "demo:7080") == (308, "https://demo/x?y=1")
    assert asked(component, "/", "demo", "https") == (200, None)
    assert asked(component, "/api", "demo.dev.localhost") == (200, None)


def asked(sandbox: RunningSandbox, target: str, host: str, before_us: str = "http") -> tuple[int, str | None]:
    """Status and Location; nothing is followed."""
    connection = http.client.HTTPConnection("127.0.0.1", 7080 + sandbox.port_offset, timeout=5)
    try:
        connection.request("GET", target, headers={"Host": host, "X-Forwarded-Proto": before_us})
        found = connection.getresponse()
        return found.status, found.getheader("Location")
    finally:
        connection.close()


@pytest.mark.parametrize(("server", "part"), [("postgres", "database"), ("valkey", "cache")])
def test_health_is_200_with_both_servers_and_503_within_seconds_without_one(
    component: RunningSandbox, server: str, part: str
) -> None:
    assert answer(component, PORT, "/api/health")[1]["checks"] == {"database": "ok", "cache": "ok"}
    record = identity.read(Layout(component.root).run / f"{server}.json")
    assert record
    os.kill(record.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        status, document = answer(component, PORT, "/api/health")
        assert time.monotonic() - began < 4
    finally:
        os.kill(record.pid, signal.SIGCONT)
    assert status == 503
    assert document["checks"].pop(part) != "ok"
    assert list(document["checks"].values()) == ["ok"]
    assert PASSWORD not in str(document)
    until(lambda: answer(component, PORT, "/api/health")[0] == 200)


def test_health_uses_the_components_own_credentials(component: RunningSandbox, api: KubeClient) -> None:
    secret(api, "rd", REDIS_PASSWORD="wrong")
    status, document = answer(component, PORT, "/api/health")
    secret(api, "rd", **REDIS, REDIS_USERNAME="demo", REDIS_PASSWORD=PASSWORD, REDIS_PREFIX="demo:dev:")
    assert status == 503
    assert document["checks"]["database"] == "ok"
    assert document["checks"]["cache"] != "ok"


def health_is(sandbox: RunningSandbox, expected: int) -> bool:
    return answer(sandbox, PORT, "/api/health")[0] == expected


def test_without_a_ready_pod_the_component_is_not_available(
    component: RunningSandbox, api: KubeClient
) -> None:
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/demo-api/scale"
    for replicas, expected in ((0, 503), (1, 200)):
        api.request("PATCH", path, {"spec": {"replicas": replicas}}, "application/merge-patch+json")
        until(functools.partial(health_is, component, expected))


def test_pods_whose_node_was_taken_for_dead_come_back_and_faulty_ones_do_not(api: KubeClient) -> None:
    labels = {"app": "forgotten"}
    pod: Object = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": "none"}]},
    }
    spec: Object = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
    body: Object = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec}
    put(api, f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/forgotten", body)

    def ready() -> dict[str, bool]:
        found = api.request("GET", f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app=forgotten")
        states = {one["metadata"]["name"]: one["status"].get("conditions", []) for one in found["items"]}
        return {
            name: any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
            for name, conditions in states.items()
        }

    def say(name: str, *types: str) -> None:
        conditions = [{"type": one, "status": "False"} for one in types]
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/status"
        api.request(
            "PATCH", path, {"status": {"conditions": conditions}}, "application/strategic-merge-patch+json"
        )

    until(lambda: list(ready().values()) == [True, True])
    forgotten, faulty = ready()
    say(faulty, "ContainersReady", "Ready")
    say(forgotten, "Ready")  # what the controller manager does when a node's lease runs out
    assert not ready()[faulty]
    until(lambda: ready()[forgotten])
    assert not ready()[faulty]


def test_a_claim_gets_a_volume_and_gives_it_back(api: KubeClient) -> None:
    body: Object = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    path = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims/models"
    put(api, path, body)
    until(lambda: api.request("GET", path)["status"]["phase"] == "Bound")
    volume = f"/api/v1/persistentvolumes/{api.request('GET', path)['spec']['volumeName']}"
    api.request("DELETE", path)

    def gone() -> bool:
        try:
            api.request("GET", volume)
        except KubeError as error:
            return error.status == 404
        return False

    until(gone)
