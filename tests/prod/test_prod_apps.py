"""The spec's production table on live objects, and what an update of production may not do."""

import json
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from delivery.audit.state import parse_state
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in
from policies.limits import load_limits
from policies.objects import Object as Rendered
from policies.production import releases
from promotion.rendered import hash_of
from sandbox.kube import KubeClient
from tests.bare_pod import bare_pod
from tests.commands import QUIET
from tests.e2e.harness import until
from tests.front_door import ask, check_doors, is_well
from tests.live_tenants import Tenants, check_apart, check_names, check_nobody
from tests.policies.policy_release import deployed as verified
from tests.prod.prod_stack import Object, Stack, image_of, released, same, sizes, watched

pytestmark = pytest.mark.sandbox

# app -> (fewest pods, most pods, CPU target), requests and limits (memory, CPU)
TABLE = {
    "nextstep": ((3, 10, 70), ("512Mi", "500m"), ("1Gi", "1000m")),
    "nextgen": ((5, 15, 60), ("1Gi", "750m"), ("2Gi", "1500m")),
    "kreach": ((3, 8, 70), ("750Mi", "600m"), ("1.5Gi", "1200m")),
    "kvibe": ((2, 10, 75), ("512Mi", "400m"), ("1Gi", "800m")),
}
IMAGES = {
    "nextstep": ("nextstep-dashboard", "nextstep-api"),
    "nextgen": ("nextgen-landing", "nextgen-dashboard", "nextgen-admin", "nextgen-api"),
    "kreach": ("kreach-web", "kreach-api"),
    "kvibe": ("kvibe-frontend", "kvibe-backend"),
}
ROWS = [(app, f"{image}-prod") for app, images in IMAGES.items() for image in images]
# Section 6: host, which is the app's name -> path -> who answers
PATHS = {
    "nextstep": {"/": "dashboard", "/api": "api"},
    "nextgen": {"/": "landing", "/api": "api", "/admin": "admin", "/dashboard": "dashboard"},
    "kreach": {"/": "web", "/api": "api"},
    "kvibe": {"/": "frontend", "/api": "backend"},
}
# Section 7: Service -> namespace, port; and the size of its volume
SERVERS = {
    "postgres-central": ("platform", 5432, "50Gi"),
    "platform-pool-redis-master": ("platform", 6379, "10Gi"),
    "prometheus": ("monitoring", 9090, "50Gi"),
    "grafana": ("monitoring", 80, "5Gi"),
}
BLUEOCEAN = str(Path(sys.executable).with_name("blueocean"))
DASHBOARD = ("deployment/nextgen-dashboard-prod", "--namespace=blueocean-nextgen-prod")


def namespace(app: str) -> str:
    return f"blueocean-{app}-prod"


def deployed(client: KubeClient, name: str, space: str) -> Object:
    return client.request("GET", f"/apis/apps/v1/namespaces/{space}/deployments/{name}")


def versions(prod: Stack) -> dict[str, str]:
    kinds = "deployments,services,configmaps,secrets,ingresses,namespaces,persistentvolumeclaims,cronjobs"
    return {
        f"{one['kind']} {one['metadata'].get('namespace')}/{one['metadata']['name']}": str(
            one["metadata"].get("generation")
        )
        for one in prod.live(kinds)
    }


def test_the_deployments_of_the_spec_and_no_others(prod: Stack) -> None:
    found = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in prod.live("deployments")}
    assert found == {(namespace(app), name) for app, name in ROWS}


@pytest.mark.parametrize(("app", "name"), ROWS, ids=lambda value: value)
def test_a_component_is_what_its_row_says(prod: Stack, app: str, name: str) -> None:
    (low, high, cpu), requests, limits = TABLE[app]
    space = f"--namespace={namespace(app)}"
    live = prod.get("deployment", name, space)
    pod = live["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert sizes(container["resources"]) == (same(requests), same(limits))
    assert container["image"].startswith(
        f"registry.digitalocean.com/blueocean/{name.removesuffix('-prod')}:0.1.0@sha256:"
    )
    assert until(lambda: prod.get("deployment", name, space)["status"].get("readyReplicas") == low)
    hpa = prod.get("horizontalpodautoscaler", name, space)["spec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (low, high)
    assert hpa["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": cpu}
    down = hpa["behavior"]["scaleDown"]
    calm, step = (600, 120) if app == "nextgen" else (300, 60)  # seconds; nextgen is "more conservative"
    assert down["stabilizationWindowSeconds"] == calm
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": step}]
    assert live["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": "25%"}
    assert prod.get("poddisruptionbudget", name, space)["spec"]["maxUnavailable"] == 1
    assert container["readinessProbe"]["httpGet"]["path"] == "/api/health"
    drain = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert 0 < drain < pod["terminationGracePeriodSeconds"]
    assert {one["topologyKey"] for one in pod["topologySpreadConstraints"]} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }


def test_nobody_of_ours_owns_a_replica_count(prod: Stack) -> None:
    own = "--selector=blueocean.io/stack=blueocean.prod"  # the sandbox may hold other stacks as well
    for one in prod.get("deployments", "--all-namespaces", own, "--show-managed-fields")["items"]:
        ours = [entry for entry in one["metadata"]["managedFields"] if entry["manager"].startswith("pulumi")]
        assert ours
        assert all("f:replicas" not in entry["fieldsV1"].get("f:spec", {}) for entry in ours)


@pytest.mark.parametrize("app", list(TABLE))
def test_a_host_has_tls_and_asks_for_the_redirect(prod: Stack, app: str) -> None:
    live = prod.get("ingress", f"{app}-prod", f"--namespace={namespace(app)}")
    assert live["spec"]["tls"] == [{"hosts": [app], "secretName": f"{app}-prod-tls"}]
    (rule,) = live["spec"]["rules"]
    assert rule["host"] == app
    assert {one["path"] for one in rule["http"]["paths"]} == set(PATHS[app])
    asked = live["metadata"]["annotations"]
    assert asked["ingress.cilium.io/force-https"] == "enabled"
    assert asked["ingress.kubernetes.io/force-ssl-redirect"] == "true"


@pytest.mark.parametrize("app", list(PATHS))
def test_a_path_is_answered_over_tls_by_its_component_and_plain_http_is_sent_there(
    prod: Stack, app: str
) -> None:
    check_doors(prod.sandbox, app, PATHS[app], app)
    assert until(partial(is_well, prod.sandbox, app, "/api/health"))
    assert ask(prod.sandbox, app, "/api/health").page["checks"] == {"database": "ok", "cache": "ok"}


def test_kreachs_models_and_pipeline_have_volumes(prod: Stack) -> None:
    claims = {one["metadata"]["name"]: one for one in prod.live("persistentvolumeclaims")}
    sizes = {
        name: (
            one["spec"]["resources"]["requests"]["storage"],
            one["spec"]["accessModes"],
            one["status"]["phase"],
        )
        for name, one in claims.items()
    }
    assert sizes == {
        "kreach-api-prod-models": ("20Gi", ["ReadWriteMany"], "Bound"),
        "kreach-api-prod-pipeline": ("50Gi", ["ReadWriteMany"], "Bound"),
        "nextgen-prod-backups": ("50Gi", ["ReadWriteOnce"], "Bound"),
    } | {name: (size, ["ReadWriteOnce"], "Bound") for name, (_, _, size) in SERVERS.items()}
    live = prod.get("deployment", "kreach-api-prod", f"--namespace={namespace('kreach')}")
    volumes = live["spec"]["template"]["spec"]["volumes"]
    claimed = {
        one["name"]: one["persistentVolumeClaim"]["claimName"]
        for one in volumes
        if "persistentVolumeClaim" in one
    }
    (container,) = live["spec"]["template"]["spec"]["containers"]
    mounted = {
        one["mountPath"]: claimed[one["name"]] for one in container["volumeMounts"] if one["name"] in claimed
    }
    assert mounted == {
        "/var/lib/kreach/models": "kreach-api-prod-models",
        "/var/lib/kreach/pipeline": "kreach-api-prod-pipeline",
    }


@pytest.mark.parametrize(("name", "row"), SERVERS.items())
def test_a_shared_server_answers_to_the_name_that_the_apps_know(
    prod: Stack, name: str, row: tuple[str, int, str]
) -> None:
    namespace, port, _ = row
    space = f"--namespace={namespace}"
    service = prod.get("service", name, space)["spec"]
    assert (service["type"], [one["port"] for one in service["ports"]]) == ("ClusterIP", [port])
    chosen = ",".join(f"{key}={value}" for key, value in service["selector"].items())
    (pod,) = prod.get("pods", space, f"--selector={chosen}")["items"]  # pretended: ready at once
    assert pod["status"]["phase"] == "Running"
    (container,) = pod["spec"]["containers"]
    assert "@sha256:" in container["image"]
    live = prod.get("namespace", namespace)
    assert live["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_what_is_applied_to_a_server_came_after_it(prod: Stack) -> None:
    made = prod.get("statefulset", "postgres-central", "--namespace=platform")["metadata"]
    jobs = [one["metadata"] for one in prod.live("jobs") if one["metadata"]["name"].endswith("-postgres")]
    assert len(jobs) == 4
    assert all(one["creationTimestamp"] >= made["creationTimestamp"] for one in jobs)


def test_a_dump_is_whole_and_fourteen_are_kept(prod: Stack) -> None:
    folder = prod.sandbox.root / "data" / "claims" / "platform" / "nextgen-prod-backups"
    folder.mkdir(parents=True, exist_ok=True)
    old = [folder / f"nextgen_production-202001{day:02}T040000Z.dump" for day in range(1, 21)]
    for one in (*old, folder / "nextgen_production-20200121T040000Z.dump.part"):
        one.write_text("of long ago")
    admin = prod.sandbox.context
    url = f"postgresql://postgres:{admin.credentials.postgres}@127.0.0.1:{admin.port('postgres')}/nextgen_production"
    table = "CREATE TABLE IF NOT EXISTS nextgen.domains (name text); ALTER TABLE nextgen.domains OWNER TO "
    prod.run(["psql", url, "-v", "ON_ERROR_STOP=1", "-c", f"{table} nextgen_production_owner"])
    prod.kubectl("create", "job", "--from=cronjob/nextgen-prod-backup", "by-hand", "--namespace=platform")
    prod.kubectl("wait", "--for=condition=Complete", "job/by-hand", "--namespace=platform", "--timeout=60s")
    kept = sorted(folder.iterdir())
    assert kept[:-1] == old[-13:]
    assert "TABLE nextgen domains" in prod.run(["pg_restore", "--list", str(kept[-1])]).stdout
    prod.kubectl("delete", "job", "by-hand", "--namespace=platform")


def test_the_dumps_plan(prod: Stack) -> None:
    (live,) = prod.live("cronjobs")
    spec = live["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 4 * * *", "Europe/Paris")
    assert spec["concurrencyPolicy"] == "Forbid"


def test_the_tenants_are_those_of_the_spec_and_none_reaches_another(prod: Stack) -> None:
    tenants = Tenants.of(prod.sandbox, "blueocean.prod")
    check_names(
        tenants,
        {f"{app}_production" for app in ("nextstep", "nextgen", "kreach", "kvibe")},
        {"nextstep:prod:", "nextgen:prod:", "kreach:prod:", "kvibe:prod:"},
    )
    check_apart(tenants)
    check_nobody(tenants)


def test_a_second_up_and_a_refresh_change_nothing(prod: Stack) -> None:
    before = versions(prod)
    prod.pulumi("preview", "--non-interactive", "--expect-no-changes")
    prod.up("--expect-no-changes")
    prod.pulumi("refresh", *QUIET, "--expect-no-changes")
    assert versions(prod) == before


def test_a_year_later_an_update_of_what_was_verified_is_accepted_and_no_other(prod: Stack) -> None:
    before, ago = versions(prod), datetime.now(UTC) - timedelta(days=365)
    prod.promote(dict.fromkeys(TABLE, verified), ago)
    prod.up("--expect-no-changes")
    prod.promote({}, ago)
    said = prod.refused("up", *QUIET)
    assert [f"expired: {app}" in said for app in TABLE] == [True] * len(TABLE)
    prod.promote()
    assert versions(prod) == before


def test_render_and_state_speak_of_the_same_manifests(prod: Stack) -> None:
    """What evidence names is the same whether the program, the pack or the audit asks."""
    rendered = [Rendered(one) for one in render(stack_in(prod.folder, "prod"))]
    state = parse_state(prod.pulumi("stack", "export").stdout, "prod")
    hashes = [
        {app: hash_of(one.manifest for one in own) for app, own in releases(items, load_limits()).items()}
        for items in (rendered, state)
    ]
    assert hashes[0] == hashes[1]
    assert set(hashes[0]) == set(TABLE)


def test_the_audit_reads_state_and_cluster_itself_and_tells_what_was_changed_by_hand(prod: Stack) -> None:
    """As people run it: no file, the state through the engine, the objects through kubectl."""
    code, report = audited(prod, "--engine")
    assert (report["unread"], report["problems"], report["drift"]) == ([], [], [])  # the engine agrees
    judged = {one["name"]: one["objects"] for one in report["sources"]}
    assert set(judged) == {"state blueocean.prod", "live"}
    assert min(judged.values()) > 100
    # The rules go by the evidence beside themselves; that of this stack, which admits it, lies in its copy.
    assert {one["rule"]["id"] for one in report["entries"]} <= {"promotion-release-admitted"}
    assert code == int(bool(report["entries"]))
    name, space = "kvibe-backend-prod", f"--namespace={namespace('kvibe')}"
    meant = image_of(prod.get("deployment", name, space)["spec"])
    try:  # by digest and out of our registry: no rule has anything against it
        run_image(prod, name, space, f"{meant.partition('@')[0]}@sha256:{'7' * 64}")
        after, changed = audited(prod)
    finally:
        run_image(prod, name, space, meant)
    assert [(one["stack"], one["kind"], one["name"], one["what"]) for one in changed["drift"]] == [
        ("blueocean.prod", "Deployment", name, "differs at spec.template.spec.containers.backend.image")
    ]
    assert (after, fingerprints(changed), changed["unread"]) == (code, fingerprints(report), [])
    unknown = prod.run([BLUEOCEAN, "audit", "--stack", "nope", "--live"], code=4)
    assert unknown.stdout == ""
    assert "the backend has no stack blueocean.nope; it has " in unknown.stderr


def audited(prod: Stack, *words: str) -> tuple[int, Object]:
    """How the audit of production and its cluster ends, and its report."""
    command = [BLUEOCEAN, "audit", "--stack", "prod", "--live", "--format", "json", *words]
    done = prod.run(command, code=None)
    assert done.stdout, done.stderr
    report: Object = json.loads(done.stdout)
    return done.returncode, report


def fingerprints(report: Object) -> list[str]:
    return [one["fingerprint"] for one in report["entries"]]


def run_image(prod: Stack, name: str, space: str, image: str) -> None:
    """As somebody in a hurry does it, and wait until no pod of the other image is left."""
    prod.kubectl("set", "image", f"deployment/{name}", f"backend={image}", space)
    prod.kubectl("rollout", "status", f"deployment/{name}", space, "--timeout=60s")


def test_a_release_loses_no_pod_and_can_be_undone(prod: Stack) -> None:
    client = prod.sandbox.context.kube()

    def available() -> int:
        status = deployed(client, "nextgen-dashboard-prod", "blueocean-nextgen-prod")["status"]
        return int(status.get("availableReplicas", 0))

    assert until(lambda: available() == 5)
    prod.intact = False

    def dashboard() -> int:
        try:
            return ask(prod.sandbox, "nextgen", "/dashboard").status
        except OSError:
            return 0

    with (
        watched(available) as taken,
        watched(dashboard, 0.2) as asked,
        released(prod, IMAGES["nextgen"], "nextgen-dashboard"),
    ):
        prod.up()
        prod.kubectl("rollout", "status", *DASHBOARD, "--timeout=60s")
        assert image(prod).endswith(":0.2.0@sha256:" + "7" * 64)
        prod.kubectl("rollout", "undo", *DASHBOARD)
        prod.kubectl("rollout", "status", *DASHBOARD, "--timeout=60s")
    assert ":0.1.0@sha256:" in image(prod)
    assert min(taken) >= 5
    assert set(asked) == {200}
    assert min(len(taken), len(asked)) > 20
    prod.up()
    assert ":0.1.0@sha256:" in image(prod)
    prod.intact = True


def image(prod: Stack) -> str:
    return image_of(prod.get(*DASHBOARD)["spec"])


def test_a_destroy_is_refused_and_nothing_is_touched(prod: Stack) -> None:
    kinds = (
        "deployments,services,ingresses,horizontalpodautoscalers,poddisruptionbudgets,persistentvolumeclaims"
    )
    before = len(prod.live(kinds))
    said = prod.refused("destroy", "--yes", "--non-interactive", "--color=never")
    assert "because it is protected" in said
    assert len(prod.live(kinds)) == before


TINY = {one: {"cpu": "10m", "memory": "16Mi"} for one in ("requests", "limits")}
FAULTS = {
    "privileged (": bare_pod(TINY, {"privileged": True, "allowPrivilegeEscalation": True}),
    "host namespaces (hostNetwork=true)": bare_pod(TINY, spec={"hostNetwork": True}),
}
"""What Pod Security calls it -> a pod that has no other fault."""


@pytest.mark.parametrize("app", list(TABLE))
def test_the_cluster_itself_refuses_what_is_privileged_and_only_for_that(
    prod: Stack, tmp_path: Path, app: str
) -> None:
    apply = ("apply", "--dry-run=server", f"--namespace={namespace(app)}", "-f", str(tmp_path / "pod.json"))
    (tmp_path / "pod.json").write_text(json.dumps(bare_pod(TINY)))
    prod.kubectl(*apply)
    for told, faulty in FAULTS.items():
        (tmp_path / "pod.json").write_text(json.dumps(faulty))
        said = prod.kubectl(*apply, code=1)
        assert f'violates PodSecurity "restricted:v1.36": {told}' in said


def test_a_destroy_without_preview_takes_no_pod_and_unprotected_all_goes_but_the_data(prod: Stack) -> None:
    prod.intact = False
    prod.refused("destroy", *QUIET)
    prod.pulumi("destroy", *QUIET, "--exclude-protected")
    ready = {one["metadata"]["name"]: one["status"].get("readyReplicas") for one in prod.live("deployments")}
    assert set(ready) == {name for _, name in ROWS}
    assert all(ready.values())
    assert len(prod.live("services,ingresses")) == len(ROWS) + 4 + len(SERVERS)
    assert {one["status"].get("readyReplicas") for one in prod.live("statefulsets")} == {1}
    check_gone_and_back(prod)


def check_gone_and_back(prod: Stack) -> None:
    """Unprotected, the stack goes; its data stays, and is the same in the stack that is made anew."""
    claims = {one["metadata"]["name"]: one["metadata"]["uid"] for one in prod.live("persistentvolumeclaims")}
    prod.pulumi("state", "unprotect", "--all", "--yes")
    prod.pulumi("destroy", *QUIET)
    assert until(lambda: not prod.live("deployments,statefulsets,services,ingresses,secrets"))
    left = {one["metadata"]["name"]: one["metadata"]["uid"] for one in prod.live("persistentvolumeclaims")}
    assert left == claims
    volumes = {"kreach-api-prod-models", "kreach-api-prod-pipeline", "nextgen-prod-backups"}
    assert set(claims) == volumes | set(SERVERS)
    # Those with claims in them; platform is not the stack's.
    assert until(lambda: len(prod.live("namespaces")) == 2)
    left_over = {one["metadata"]["name"] for one in prod.live("namespaces")}
    assert left_over == {"blueocean-kreach-prod", "monitoring"}
    prod.up()
    prod.up("--expect-no-changes")
    back = {one["metadata"]["name"]: one["metadata"]["uid"] for one in prod.live("persistentvolumeclaims")}
    assert back == claims
