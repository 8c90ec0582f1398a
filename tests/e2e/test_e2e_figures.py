"""The spec's dev row on the live objects, its figures written by hand."""

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.bare_pod import bare_pod
from tests.commands import QUIET
from tests.e2e.harness import Checkout, Object, identity, until
from tests.front_door import ask
from tests.live_tenants import Tenants, check_apart, check_names, check_nobody
from tests.servers import stop

pytestmark = pytest.mark.sandbox

# namespace, Deployment, dev port, app, component
COMPONENTS = [
    ("blueocean-nextstep-dev", "nextstep-dashboard-dev", 7001, "nextstep", "dashboard"),
    ("blueocean-nextstep-dev", "nextstep-api-dev", 7020, "nextstep", "api"),
    ("blueocean-nextgen-dev", "nextgen-landing-dev", 7000, "nextgen", "landing"),
    ("blueocean-nextgen-dev", "nextgen-dashboard-dev", 7003, "nextgen", "dashboard"),
    ("blueocean-nextgen-dev", "nextgen-admin-dev", 7002, "nextgen", "admin"),
    ("blueocean-nextgen-dev", "nextgen-api-dev", 7004, "nextgen", "api"),
    ("blueocean-kreach-dev", "kreach-web-dev", 5003, "kreach", "web"),
    ("blueocean-kreach-dev", "kreach-api-dev", 8001, "kreach", "api"),
    ("blueocean-kvibe-dev", "kvibe-frontend-dev", 7005, "kvibe", "frontend"),
    ("blueocean-kvibe-dev", "kvibe-backend-dev", 7006, "kvibe", "backend"),
    ("nexia-supervisor-dev", "nexia-supervisor-dev", 7010, "nexia", "supervisor"),
    ("nexia-supervisor-dev", "nexia-api-dev", 7011, "nexia", "api"),
    ("nexia-supervisor-dev", "nexia-directus-dev", 7012, "nexia", "directus"),
    ("nexia-supervisor-dev", "nexia-claude-code-dev", 7013, "nexia", "claude-code"),
    ("nexia-supervisor-dev", "nexia-voice-dev", 7014, "nexia", "voice"),
]
KINDS = {"Namespace", "Deployment", "Pod", "Service", "Secret", "Job", "NetworkPolicy", "Ingress"}
"""Some of what a stack has, so that its absence says something."""
# Where a component tells whether it is well (section 2); the others at /api/health.
HEALTH = {7012: "/admin/server/health", 7013: "/claude/health"}
APIS = [port for _, name, port, _, _ in COMPONENTS if name.endswith(("-api-dev", "-backend-dev"))]


def health(checkout: Checkout) -> set[int]:
    """Return what the APIs say of their health, each answer once."""
    return {checkout.get(port, "/api/health")[0] for port in APIS}


@pytest.fixture
def stacks(checkout: Checkout) -> Checkout:
    """Both dev stacks up, with every app."""
    checkout.hold()
    checkout.up("dev", "nexia-dev")
    return checkout


@pytest.fixture
def whole(stacks: Checkout) -> Iterator[Checkout]:
    """Both stacks, and every server back when the test has stopped one."""
    yield stacks
    stacks.run([str(stacks.root / ".venv/bin/sandbox"), "up"])


def test_the_components_of_the_spec_run_in_their_namespaces_and_no_others(stacks: Checkout) -> None:
    found = [item for stack in ("dev", "nexia-dev") for item in stacks.objects(stack)]
    names = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in found
        if item["kind"] == "Deployment"
    }
    assert names == {(namespace, name) for namespace, name, *_ in COMPONENTS}


@pytest.mark.parametrize("row", COMPONENTS, ids=lambda row: row[1])
def test_a_component_is_what_the_dev_row_says(stacks: Checkout, row: tuple[str, str, int, str, str]) -> None:
    namespace, name, port, app, component = row
    live = stacks.sandbox.cluster.get("deployment", name, f"--namespace={namespace}")
    (container,) = live["spec"]["template"]["spec"]["containers"]
    image = name.removesuffix("-dev")
    assert live["spec"]["replicas"] == 1
    assert live["status"]["readyReplicas"] == 1
    assert container["resources"] == {
        "requests": {"memory": "128Mi", "cpu": "100m"},
        "limits": {"memory": "256Mi", "cpu": "200m"},
    }
    assert container["image"].startswith(f"registry.digitalocean.com/blueocean/{image}:")
    status, text = stacks.get(port)
    page = json.loads(text)
    assert status == 200
    assert (page["app"], page["component"], page["environment"]) == (app, component, "dev")
    assert [pod for pod in page["pods"] if pod.startswith(f"{name}-")] == page["pods"] != []


# namespace: pods, then memory and CPU of requests and of limits: twice what its components have, so that each
# may start anew beside its old pod.
QUOTAS = {
    "blueocean-nextstep-dev": ("4", "512Mi", "400m", "1Gi", "800m"),
    "blueocean-nextgen-dev": ("8", "1Gi", "800m", "2Gi", "1600m"),
    "blueocean-kreach-dev": ("4", "512Mi", "400m", "1Gi", "800m"),
    "blueocean-kvibe-dev": ("4", "512Mi", "400m", "1Gi", "800m"),
    "nexia-supervisor-dev": ("10", "1280Mi", "1", "2560Mi", "2"),
}
OPENINGS = {"dns", "https-outside", "ingress-controller", "monitoring", "same-app", "shared-services"}


@pytest.mark.parametrize("namespace", QUOTAS)
def test_a_namespace_has_its_guard_rails(stacks: Checkout, namespace: str) -> None:
    def live(kind: str) -> dict[str, Object]:
        items = stacks.sandbox.cluster.get(kind, f"--namespace={namespace}")["items"]
        return {one["metadata"]["name"]: one for one in items}

    pods, *sizes = QUOTAS[namespace]
    (quota,) = live("resourcequotas").values()
    resources = ("requests.memory", "requests.cpu", "limits.memory", "limits.cpu")
    assert quota["status"]["hard"] == dict(zip(resources, sizes, strict=True)) | {
        "pods": pods,
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    (limits,) = live("limitranges").values()
    most = {"memory": "256Mi", "cpu": "200m"}
    least = {"memory": "128Mi", "cpu": "100m"}
    assert limits["spec"]["limits"] == [
        {"type": "Container", "default": most, "defaultRequest": least, "max": most}
    ]
    policies = live("networkpolicies")
    assert set(policies) == {"default-deny", *(f"allow-{opening}" for opening in OPENINGS)}
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    labels = stacks.sandbox.cluster.get("namespace", namespace)["metadata"]["labels"]
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"


def test_the_guard_rails_of_dev_refuse(stacks: Checkout) -> None:
    """A pod above the limit range, one that may escalate, a door to the node: by the server itself."""

    def refusal(item: Object) -> str:
        command = ["kubectl", "create", "--dry-run=server", "--namespace=blueocean-kvibe-dev", "--filename=-"]
        done = subprocess.run(
            command,
            env=stacks.sandbox.env,
            input=json.dumps(item),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stderr if done.returncode else ""

    def sized(memory: str, cpu: str) -> Object:
        return {"requests": {"memory": "128Mi", "cpu": "100m"}, "limits": {"memory": memory, "cpu": cpu}}

    fits = sized("256Mi", "200m")
    assert refusal(bare_pod(fits)) == ""
    assert "maximum memory usage per Container is 256Mi" in refusal(bare_pod(sized("257Mi", "200m")))
    assert "maximum cpu usage per Container is 200m" in refusal(bare_pod(sized("256Mi", "201m")))
    root = {"runAsNonRoot": False}
    assert 'violates PodSecurity "restricted:v1.36"' in refusal(bare_pod(fits, root))
    door: Object = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "door"}}
    door["spec"] = {"type": "NodePort", "ports": [{"port": 80}], "selector": {"a": "b"}}
    assert "exceeded quota: quota" in refusal(door)


@pytest.fixture
def opened(stacks: Checkout) -> Iterator[Tenants]:
    """A cache that lets in who gives no name, as a fresh server does; afterwards as it was."""
    tenants = Tenants.of(stacks.sandbox, "blueocean.dev")
    _, admin = tenants.administrators()
    tenants.cache(admin, "ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    yield tenants
    tenants.cache(admin, "ACL", "SETUSER", "default", "reset")


def test_a_tenants_own_job_shuts_the_user_without_a_name_out(stacks: Checkout, opened: Tenants) -> None:
    """The sandbox has done so already, a server of one's own has not: the live Job's command, once more."""
    _, admin = opened.administrators()
    assert "user default on " in str(opened.cache(admin, "ACL", "LIST"))
    jobs = stacks.sandbox.cluster.get("jobs", "--namespace=platform")["items"]
    (job,) = (one for one in jobs if one["metadata"]["name"].startswith("kvibe-dev-redis"))
    template = job["spec"]["template"]
    template["metadata"].pop("labels")
    again = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": template}}
    again["metadata"] = {"name": "kvibe-redis-again", "namespace": "platform"}
    file = stacks.root / "again.json"
    file.write_text(json.dumps(again))
    try:
        stacks.run(["kubectl", "create", f"--filename={file}"])
        stacks.run(["kubectl", "wait", "--for=condition=Complete", "--timeout=60s", f"--filename={file}"])
        check_nobody(opened)
    finally:
        stacks.run(["kubectl", "delete", f"--filename={file}", "--wait=true", "--timeout=60s"])


def outputs(checkout: Checkout, stack: str) -> Object:
    """What people look up about a stack, as it stands in its state."""
    (found,) = (one for one in checkout.latest(stack)["resources"] if one["type"] == "pulumi:pulumi:Stack")
    told: Object = found["outputs"]
    return told


def test_the_stacks_outputs_are_what_people_look_up(stacks: Checkout) -> None:
    dev, nexia = outputs(stacks, "dev"), outputs(stacks, "nexia-dev")
    assert set(dev) == set(nexia) == {"urls", "hosts", "namespaces", "images", "databases"}
    urls: dict[str, dict[str, str]] = {}
    images: dict[str, dict[str, str]] = {}
    for _, name, port, app, component in COMPONENTS:
        image = name.removesuffix("-dev")
        # A stand-in's digest, as releases/dev.yaml says: of a sentence with its name.
        digest = hashlib.sha256(f"blueocean stand-in image {image} 0.1.0".encode()).hexdigest()
        urls.setdefault(app, {})[component] = f"http://localhost:{port}"
        images.setdefault(app, {})[component] = (
            f"registry.digitalocean.com/blueocean/{image}:0.1.0@sha256:{digest}"
        )
    assert dev["urls"] | nexia["urls"] == urls
    assert dev["images"] | nexia["images"] == images
    assert nexia["hosts"] == {"nexia": "http://nexia.dev.localhost"}
    assert nexia["namespaces"] == {"nexia": ["nexia-supervisor-dev"]}
    server = "postgres-central.platform.svc.cluster.local:5432"
    assert nexia["databases"] == {
        "nexia": {
            "nexia_supervisor_dev": f"{server}/nexia_supervisor_dev schema nexia_supervisor",
            "nexia_directus_dev": f"{server}/nexia_directus_dev schema nexia_directus",
        }
    }
    four = ("kreach", "kvibe", "nextgen", "nextstep")
    assert dev["hosts"] == {app: f"http://{app}.dev.localhost" for app in four}
    assert dev["namespaces"] == {app: [f"blueocean-{app}-dev"] for app in four}
    assert dev["databases"] == {app: {f"{app}_dev": f"{server}/{app}_dev schema {app}"} for app in four}


def test_dev_has_no_autoscaler(stacks: Checkout) -> None:
    # Another stack's tests may share the worker's sandbox, and production has some.
    found = [item for stack in ("dev", "nexia-dev") for item in stacks.objects(stack)]
    assert found
    assert "HorizontalPodAutoscaler" not in {item["kind"] for item in found}


@pytest.mark.parametrize("stack", ["dev", "nexia-dev"])
def test_every_object_says_whose_it_is(stacks: Checkout, stack: str) -> None:
    def labels(item: Object) -> set[str]:
        return set(item["metadata"]["labels"])

    wanted = {"app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "blueocean.io/environment"}
    assert [item["metadata"]["name"] for item in stacks.objects(stack) if not wanted <= labels(item)] == []


@pytest.mark.parametrize("row", COMPONENTS, ids=lambda row: row[1])
def test_health_is_200_with_database_and_cache_behind_it_and_there_are_metrics(
    stacks: Checkout, row: tuple[str, str, int, str, str]
) -> None:
    _, _, port, app, component = row
    status, text = stacks.get(port, HEALTH.get(port, "/api/health"))
    assert (status, json.loads(text)["checks"]) == (200, {"database": "ok", "cache": "ok"})
    status, text = stacks.get(port, "/metrics")
    assert status == 200
    assert re.search(
        rf'^up{{app="{app}",component="{component}",environment="dev",.*}} 1$', text, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("host", "path", "component"),
    [
        ("nextstep", "/", "dashboard"),
        ("nextstep", "/api", "api"),
        ("nextgen", "/", "landing"),
        ("nextgen", "/api", "api"),
        ("nextgen", "/admin", "admin"),
        ("nextgen", "/dashboard", "dashboard"),
        ("kreach", "/", "web"),
        ("kreach", "/api", "api"),
        ("kvibe", "/", "frontend"),
        ("kvibe", "/api", "backend"),
        ("nexia", "/", "supervisor"),
        ("nexia", "/api", "api"),
        ("nexia", "/admin", "directus"),
        ("nexia", "/claude", "claude-code"),
    ],
)
def test_a_hosts_path_is_answered_by_its_component(
    stacks: Checkout, host: str, path: str, component: str
) -> None:
    found = ask(stacks.sandbox, f"{host}.dev.localhost", path, secure=False)
    assert (found.status, found.component) == (200, (host, component, "dev"))


def test_the_agent_tells_its_state_and_its_level_of_delegation(stacks: Checkout) -> None:
    status, text = stacks.get(7013, "/claude/status")
    told = json.loads(text)
    assert (status, told["component"]) == (200, "claude-code")
    assert {"state", "delegation_level"} <= told.keys()


@pytest.mark.parametrize(("server", "check"), [("postgres", "database"), ("valkey", "cache")])
def test_health_is_503_within_seconds_while_a_server_is_down(
    whole: Checkout, server: str, check: str
) -> None:
    stop(whole.sandbox, server)
    began = time.monotonic()
    assert until(lambda: health(whole) == {503}, 8)
    assert time.monotonic() - began < 10
    body = json.loads(whole.get(APIS[0], "/api/health")[1])
    assert body["checks"][check] != "ok"
    assert whole.get(APIS[0])[0] == 200  # the page itself needs neither
    whole.run([str(whole.root / ".venv/bin/sandbox"), "up"])
    assert until(lambda: health(whole) == {200}, 30)


# Section 7
DATABASES = {
    "nextstep_dev",
    "nextgen_dev",
    "kreach_dev",
    "kvibe_dev",
    "nexia_supervisor_dev",
    "nexia_directus_dev",
}
PREFIXES = {"nextstep:dev:", "nextgen:dev:", "kreach:dev:", "kvibe:dev:", "nexia-supervisor:dev:"}


def test_the_tenants_are_those_of_the_spec_and_none_reaches_another(stacks: Checkout) -> None:
    tenants = Tenants.of(stacks.sandbox, "blueocean.dev", "nexia.dev")
    check_names(tenants, DATABASES, PREFIXES)
    check_apart(tenants)
    check_nobody(tenants)


def test_both_stacks_stand_still_and_go_without_a_trace(stacks: Checkout) -> None:
    """No-op update, refresh, destroy; then a preview from nothing, which makes nothing."""
    deployments = {"dev": 10, "nexia-dev": 5}
    for stack in deployments:
        stacks.pulumi(stack, "up", *QUIET, "--expect-no-changes")
        stacks.pulumi(stack, "refresh", *QUIET, "--expect-no-changes")
        assert {item["kind"] for item in stacks.labelled(stack)} >= KINDS
    for stack in deployments:
        stacks.changed(stack)
        stacks.pulumi(stack, "destroy", *QUIET)
        assert until(lambda: not stacks.labelled(stack)), [identity(one) for one in stacks.labelled(stack)]  # noqa: B023
    for stack, count in deployments.items():
        told = stacks.pulumi(stack, "preview", "--non-interactive", "--color=never").stdout
        assert len(re.findall(r"\+ +kubernetes:apps/v1:Deployment .* create", told)) == count
        assert not stacks.labelled(stack)
        assert not stacks.latest(stack).get("resources")
