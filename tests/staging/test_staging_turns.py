"""The stack staging by the real engine: its life, its figures, and the hand-over on the real servers."""

import json
import re

import psycopg
import pytest

from sandbox.resp import ReplyError
from tests.bare_pod import bare_pod
from tests.commands import QUIET
from tests.e2e.harness import until
from tests.servers import stop
from tests.staging.staging_stack import APPS, NAMESPACE, Object, Snapshot, Stack

pytestmark = pytest.mark.sandbox

PODS = {
    "nextstep": {"nextstep-dashboard-staging": 2, "nextstep-api-staging": 2},
    "nextgen": {f"nextgen-{one}-staging": 1 for one in ("landing", "dashboard", "admin", "api")},
    "kreach": {"kreach-web-staging": 2, "kreach-api-staging": 2},
    "kvibe": {"kvibe-frontend-staging": 2, "kvibe-backend-staging": 2},
}
ENTRY = "staging-shared.blueocean"
HOSTS = (*(f"{app}.staging-shared.local" for app in APPS), ENTRY)
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = %s"


def running(staging: Stack) -> dict[str, int]:
    """Ready pods by Deployment, those without left out."""
    found = staging.inside("deployments")
    return {name: one["status"]["readyReplicas"] for name, one in found.items() if one["spec"]["replicas"]}


@pytest.mark.parametrize("owner", ["kreach", None, "nextgen"])
def test_only_the_slots_owner_is_present(staging: Stack, owner: str | None) -> None:
    staging.belongs_to(owner)
    assert len(staging.inside("deployments")) == 10
    assert running(staging) == (PODS[owner] if owner else {})
    check_answers(staging, owner)
    for app in APPS:
        check_access(staging, app, open_=app == owner)
    if owner:
        containers = [
            pod["spec"]["containers"][0]["resources"]
            for pod in staging.inside("pods").values()
            if "deletionTimestamp" not in pod["metadata"]
        ]
        assert (
            containers
            == [
                {"requests": {"memory": "256Mi", "cpu": "200m"}, "limits": {"memory": "512Mi", "cpu": "400m"}}
            ]
            * 4
        )


FACES = {"kreach": ("kreach web", "kreach api"), "nextgen": ("nextgen landing", "nextgen api")}
"""What answers at `/` and at `/api`."""


def check_answers(staging: Stack, owner: str | None) -> None:
    """By the ingress: the owner's host and the entry answer, by TLS only; no other host does."""
    mine = {f"{owner}.staging-shared.local", ENTRY} if owner else set()
    for number, path in enumerate(("/", "/api")):
        answer = (200, FACES[owner][number]) if owner else (404, "")
        expected = {host: answer if host in mine else (404, "") for host in HOSTS}
        # The front door follows the cluster, a moment behind.
        until(lambda: asked(staging, path) == expected)  # noqa: B023
        assert asked(staging, path) == expected
        sent = {host: (308, f"https://{host}{path}") if host in mine else (404, "") for host in HOSTS}
        assert asked(staging, path, secure=False) == sent


def asked(staging: Stack, path: str, *, secure: bool = True) -> dict[str, tuple[int, str]]:
    """What each of staging's hosts says."""
    return {host: staging.ask(host, path, secure=secure) for host in HOSTS}


def check_access(staging: Stack, app: str, *, open_: bool) -> None:
    """Whether the app's own credentials let it in."""
    if open_:
        with staging.database(app) as connection:
            assert connection.execute("SELECT current_schema()").fetchone() == (app,)
        assert staging.cache("PING", app=app) == "PONG"
        return
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"), staging.database(app):
        pass
    with pytest.raises(ReplyError, match="WRONGPASS"):
        staging.cache("PING", app=app)


def test_the_quota_is_the_specs_total(staging: Stack) -> None:
    staging.belongs_to("nextgen")
    quota = staging.inside("resourcequotas")["quota"]
    assert quota["spec"]["hard"] == {
        "requests.memory": "1Gi",
        "requests.cpu": "800m",
        "limits.memory": "2Gi",
        "limits.cpu": "1600m",
        "pods": "4",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }


def test_a_second_update_and_a_refresh_change_nothing(staging: Stack) -> None:
    staging.belongs_to("nextgen")
    with staging.database("nextgen") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    staging.pulumi("up", *QUIET, "--expect-no-changes")
    staging.pulumi("refresh", *QUIET, "--expect-no-changes")
    staging.pulumi("preview", "--non-interactive", "--color=never", "--expect-no-changes")
    with staging.database() as connection:
        assert connection.execute(TABLES, ("nextgen",)).fetchone() == (1,)


def test_the_whole_stack_goes_and_a_preview_from_nothing_makes_nothing(staging: Stack) -> None:
    staging.belongs_to("nextgen")
    places = {(one["kind"], one["metadata"].get("namespace")) for one in staging.objects().values()}
    assert places >= {
        ("Namespace", None),
        ("PriorityClass", None),
        *((kind, place) for kind in ("Secret", "ConfigMap", "Job") for place in ("platform",)),
    }
    staging.destroy()
    assert until(lambda: not staging.objects()), list(staging.objects())
    left = staging.get("namespaces")["items"]
    assert NAMESPACE not in [one["metadata"]["name"] for one in left]
    staging.move_slots("kvibe")
    told = staging.pulumi("preview", "--non-interactive", "--color=never").stdout
    assert len(re.findall(r"\+ +kubernetes:apps/v1:Deployment .* create", told)) == 10
    assert not staging.objects()


def test_a_database_that_is_down_is_named_and_the_next_update_goes_on(staging: Stack) -> None:
    stop(staging.sandbox, "postgres")
    try:
        refused = staging.up("kvibe", code=1).stdout
        made = [kind for kind in ("pods", "ingresses") if staging.inside(kind)]
    finally:
        staging.run([str(staging.root / ".venv/bin/sandbox"), "up"])
    assert "platform/kvibe-staging-postgres was created, but is not ready: The Job has failed" in refused
    assert re.search(r"Pod kvibe-staging-postgres-\w+\]: .*: Connection refused", refused)
    assert "Traceback" not in refused
    assert not made
    staging.up("kvibe")
    assert running(staging) == PODS["kvibe"]


def test_what_the_last_owner_leaves_is_emptied(staging: Stack) -> None:
    staging.belongs_to("kvibe")
    with staging.database("kvibe") as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
        connection.execute("CREATE VIEW seen AS SELECT * FROM orders")
        connection.execute("SELECT lo_create(0)")
        for number in range(3):
            staging.cache("SET", f"kvibe:staging:{number}", "1", app="kvibe")
        staging.cache("SET", "kvibe:dev:mine", "1")
        staging.up("nextstep")  # while the last owner is still connected
        assert running(staging) == PODS["nextstep"]
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with staging.database() as connection:
        assert connection.execute(TABLES, ("kvibe",)).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)
        assert connection.execute("SELECT app FROM blueocean_turnover.holder").fetchone() == ("nextstep",)
    assert staging.cache("EXISTS", "kvibe:staging:1") == 0
    assert staging.cache("DEL", "kvibe:dev:mine") == 1


# Made by the administrator: how it is told, how it is made, how it is removed
LEFT_OVER = [
    ("table kvibe.again", "CREATE TABLE kvibe.again ()", "DROP TABLE kvibe.again"),
    ("table nextstep.alien", "CREATE TABLE nextstep.alien ()", "DROP TABLE nextstep.alien"),
    (
        "function public.lost()",
        "CREATE FUNCTION public.lost() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION public.lost()",
    ),
    ("schema somebody", "CREATE SCHEMA somebody", "DROP SCHEMA somebody"),
]
KEYS = ("kvibe:staging:again", "shop:staging:1")


def test_what_nobody_can_account_for_is_a_conflict_and_stays(staging: Stack) -> None:
    staging.belongs_to("nextstep")
    with staging.database("nextstep") as connection:
        connection.execute("CREATE TABLE mine ()")
    staging.cache("SET", "nextstep:staging:mine", "1", app="nextstep")
    with staging.database() as connection:
        for _, make, _ in LEFT_OVER:
            connection.execute(make)
        for key in KEYS:
            staging.cache("SET", key, "1")
        refused = staging.up("nextgen", code=1)
        told = {kind: log_of(staging, kind) for kind in ("postgres", "redis")}
        kept = connection.execute(TABLES, ("nextstep",)).fetchone()
        for _, _, remove in LEFT_OVER:
            connection.execute(remove)  # fails where it has gone
    keys = [staging.cache("DEL", key) for key in (*KEYS, "nextstep:staging:mine")]
    assert (kept, keys) == ((2,), [1, 1, 1])
    assert not running(staging)
    for kind, text in told.items():
        assert f"staging-turnover-{kind}" in refused.stdout
        assert "slot conflict: " in text
        assert "nothing was changed" in text
    assert not [one for one, _, _ in LEFT_OVER if one not in told["postgres"]]
    assert not [key for key in KEYS if key not in told["redis"]]
    staging.up("nextgen")
    assert running(staging) == PODS["nextgen"]


def log_of(staging: Stack, kind: str) -> str:
    """What the newest pod of a turnover Job said."""
    folder = staging.sandbox.root / "log" / "jobs" / "platform" / f"staging-turnover-{kind}"
    return max(folder.glob("*.log"), key=lambda one: one.stat().st_mtime).read_text()


def test_a_pod_of_nobodys_is_refused_and_one_that_is_there_is_a_conflict(staging: Stack) -> None:
    staging.belongs_to(None)
    file = staging.root / "stranger.json"
    for owner in (None, "kvibe"):
        file.write_text(json.dumps(pod(SMALL, owner)))
        refused = staging.run(["kubectl", "create", "--filename", str(file)], code=1)
        assert "exceeded quota: slot-conflicts-with-nobody, requested: pods=1" in refused.stderr
    # Whoever may delete a quota gets past it.
    quota = ("resourcequota/slot-conflicts-with-nobody", f"--namespace={NAMESPACE}")
    staging.run(["kubectl", "delete", *quota])
    staging.run(["kubectl", "create", "--filename", str(file)])
    with staging.database() as connection:
        held = connection.execute("SELECT app, slot FROM blueocean_turnover.holder").fetchone()
        refused = staging.up("nextgen", code=1)
        assert connection.execute("SELECT app, slot FROM blueocean_turnover.holder").fetchone() == held
    assert "slot-conflicts-with-nextgen" in refused.stdout
    assert "jsonpath={.status.used.pods}=0 is 1 yet" in refused.stdout
    assert not running(staging)
    assert list(staging.inside("pods")) == ["excess"]
    staging.run(["kubectl", "delete", "pod", "excess", f"--namespace={NAMESPACE}"])
    staging.up("nextgen")
    assert running(staging) == PODS["nextgen"]
    staging.pulumi("up", *QUIET, "--expect-no-changes")
    staging.pulumi("refresh", *QUIET, "--expect-no-changes")


def pod(
    resources: Object, owner: str | None = "kvibe", *, privileged: bool = False, gains: bool = False
) -> Object:
    security = {"allowPrivilegeEscalation": privileged or gains, "privileged": privileged}
    made = bare_pod(resources, security, {"priorityClassName": f"{NAMESPACE}-{owner}"} if owner else {})
    made["metadata"]["namespace"] = NAMESPACE
    return made


SMALL = {"requests": {"memory": "1Mi", "cpu": "1m"}, "limits": {"memory": "1Mi", "cpu": "1m"}}
LARGE = {"requests": {"memory": "1Mi", "cpu": "1m"}, "limits": {"memory": "513Mi", "cpu": "1m"}}


@pytest.mark.parametrize(
    ("owner", "body", "told"),
    [
        ("kvibe", pod(SMALL), "exceeded quota: quota, requested: "),
        ("kvibe", pod(SMALL, "kreach"), "exceeded quota: "),
        ("kvibe", pod(SMALL, None), "exceeded quota: "),
        ("kvibe", pod(LARGE), "maximum memory usage per Container is 512Mi"),
        ("kvibe", pod(SMALL, privileged=True), 'violates PodSecurity "restricted:v1.36": privileged ('),
        ("kvibe", pod(SMALL, gains=True), 'violates PodSecurity "restricted:v1.36": allowPrivilegeEscal'),
    ],
    ids=[
        "a fifth pod",
        "another app's pod",
        "nobody's pod",
        "a pod over the limit range",
        "a privileged pod",
        "one that may become it",
    ],
)
def test_the_cluster_itself_refuses_excess(
    staging: Stack, owner: str | None, body: Object, told: str
) -> None:
    staging.belongs_to(owner)
    file = staging.root / "excess.json"
    file.write_text(json.dumps(body))
    refused = staging.run(["kubectl", "create", "--filename", str(file)], code=1)
    assert told in refused.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("slotOwner=shop",), "shop has no slot on staging; apps with one: "),
        (
            ("slotOwner=kreach",),
            "staging belongs to kvibe until 13:00; wait for kreach's next",
        ),
        (("at=2026-11-23T12:00Z",), "blueocean:at is for previews and renderings only"),
    ],
    ids=["an unknown owner", "a slot that is not the clock's", "another moment than now"],
)
def test_a_setting_that_the_clock_contradicts_is_refused(
    staging: Stack, settings: tuple[str, ...], told: str
) -> None:
    staging.belongs_to("kvibe")
    before, whole = (staging.root / "Pulumi.staging.yaml").read_text(), staging.snapshot()
    words = [word for one in settings for word in ("--config", f"blueocean:{one}")]
    try:
        done = staging.pulumi("up", *QUIET, *words, code=1)
    finally:
        (staging.root / "Pulumi.staging.yaml").write_text(before)
    assert "Nothing was touched" in done.stdout
    assert re.search(told, done.stdout)
    check_untouched(staging, whole)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  kvibe-backend:\n", "  kvibe-nothing:\n", "images.kvibe-backend is missing, kvibe needs it"),
        ("digest: sha256:", "digest: latest-", "is no image digest; write sha256:"),
    ],
    ids=["a missing release entry", "a tag where a digest is due"],
)
def test_a_broken_release_is_refused(staging: Stack, old: str, new: str, told: str) -> None:
    staging.belongs_to("kvibe")
    file = staging.root / "releases" / "staging.yaml"
    before, whole = file.read_text(), staging.snapshot()
    try:
        file.write_text(before.replace(old, new, 1))
        done = staging.pulumi("up", *QUIET, code=1)
    finally:
        file.write_text(before)
    assert "Nothing was touched" in done.stdout
    assert told in done.stdout
    check_untouched(staging, whole)


def check_untouched(staging: Stack, before: Snapshot) -> None:
    """State, objects and locks are what they were, and there is something to compare."""
    resources, versions, locks = staging.snapshot()
    assert (resources, versions, locks) == before
    assert (len(resources) > 80, len(versions) > 80, locks) == (True, True, [])
