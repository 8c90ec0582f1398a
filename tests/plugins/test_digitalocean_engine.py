"""The plugin's stand-in under the real engine, against the API's stand-in."""

import base64
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import identity, lifecycle
from sandbox.digitalocean.access import TOKEN
from sandbox.layout import Layout
from tests.conftest import RunningSandbox, running
from tests.plugins.digitalocean_project import Api, Project, serving

pytestmark = pytest.mark.sandbox

CREDENTIALS = """
made = registry()
do.ContainerRegistryDockerCredentials("push", registry_name=made.name, write=True, expiry_seconds=EXPIRY,
    opts=mine)
"""
DATA = """
cluster = postgres(size=SIZE, version=VERSION)
do.DatabaseDb("db", cluster_id=cluster.id, name="nextstep_production", opts=mine)
user = do.DatabaseUser("user", cluster_id=cluster.id, name="nextstep", opts=mine)
do.DatabaseFirewall("firewall", cluster_id=cluster.id, opts=mine, rules=[
    do.DatabaseFirewallRuleArgs(type="ip_addr", value="10.0.0.0/8"),
    do.DatabaseFirewallRuleArgs(type="ip_addr", value="192.0.2.7"),
])
pulumi.export("password", user.password)
"""


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """The engine on PATH and the stand-in's process; no cluster."""
    with running(tmp_path_factory.mktemp("paper") / "sandbox", ("digitalocean", "fork-server")) as found:
        yield found


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """An account of the test's own."""
    with serving(tmp_path / "account.json") as found:
        yield found


@pytest.fixture
def project(paper: RunningSandbox, api: Api, tmp_path: Path) -> Project:
    env = {**paper.env, "DIGITALOCEAN_API_URL": f"http://127.0.0.1:{api.port}"}
    return Project(tmp_path / "project", env)


def credentials(expiry: int) -> str:
    return f"EXPIRY = {expiry}\n{CREDENTIALS}"


def data(size: str = "db-s-1vcpu-1gb", version: str = "17") -> str:
    return f"SIZE, VERSION = {size!r}, {version!r}\n{DATA}"


def test_the_registry_and_its_credentials_from_preview_to_destroy(project: Project, api: Api) -> None:
    project.write(credentials(3600))
    project.ok("preview")
    assert api.call("GET", "/v2/registries").json() == {"registries": []}

    project.ok("up", "--yes", "--skip-preview")
    live = api.call("GET", "/v2/registries/blueocean").json()["registry"]
    assert live["region"] == "fra1"
    made = project.state()
    assert made["registry"]["id"] == "blueocean"
    assert made["registry"]["outputs"]["endpoint"] == "registry.digitalocean.com/blueocean"
    for command in ("up", "refresh"):
        project.ok(command, "--yes", "--skip-preview", "--expect-no-changes")

    shown = json.loads(project.ok("stack", "export", "--show-secrets"))["deployment"]["resources"]
    (docker,) = [one["outputs"]["dockerCredentials"] for one in shown if one["urn"].endswith("::push")]
    auth = json.loads(json.loads(docker["plaintext"]))["auths"]["registry.digitalocean.com"]["auth"]
    token = base64.b64decode(auth).decode().partition(":")[2]
    written = project.texts()
    assert token not in written
    assert auth not in written

    project.ok("destroy", "--yes", "--skip-preview")
    assert api.call("GET", "/v2/registries").json() == {"registries": []}


def test_another_tier_changes_in_place_and_another_name_replaces(project: Project, api: Api) -> None:
    project.up('registry("basic")')
    before = api.call("GET", "/v2/registries/blueocean").json()["registry"]["created_at"]
    project.up('registry("professional")')
    tier = api.call("GET", "/v2/registry/subscription").json()["subscription"]["tier"]["slug"]
    assert tier == "professional"
    assert api.call("GET", "/v2/registries/blueocean").json()["registry"]["created_at"] == before
    project.write('registry("professional", "ocean")')
    assert "1 to replace" in project.ok("preview")
    project.up('registry("professional", "ocean")')
    assert [one["name"] for one in api.call("GET", "/v2/registries").json()["registries"]] == ["ocean"]


def test_new_terms_make_new_credentials(project: Project) -> None:
    project.up(credentials(3600))
    before = project.state()["push"]["outputs"]
    project.up(credentials(7200))
    after = project.state()["push"]["outputs"]
    assert after["credentialExpirationTime"] > before["credentialExpirationTime"]
    assert after["dockerCredentials"] != before["dockerCredentials"]


def test_databases_their_parts_and_changes_in_place(project: Project, api: Api) -> None:
    project.up(data())
    (live,) = api.call("GET", "/v2/databases").json()["databases"]
    assert (live["status"], live["db_names"]) == ("online", ["defaultdb", "nextstep_production"])
    for command in ("up", "refresh"):
        project.ok(command, "--yes", "--skip-preview", "--expect-no-changes")
    password = next(user["password"] for user in live["users"] if user["name"] == "nextstep")
    assert password not in project.texts()
    assert "[secret]" in project.ok("stack", "output")

    project.up(data("db-s-1vcpu-2gb", "18"))
    (now,) = api.call("GET", "/v2/databases").json()["databases"]
    assert (now["id"], now["size"], now["version"]) == (live["id"], "db-s-1vcpu-2gb", "18")


def test_a_refresh_notices_what_somebody_else_changed_or_deleted(project: Project, api: Api) -> None:
    project.up(data())
    cluster = project.state()["postgres"]["id"]
    api.call("DELETE", f"/v2/databases/{cluster}/dbs/nextstep_production")
    rules = {"rules": [{"type": "ip_addr", "value": "198.51.100.1"}]}
    api.call("PUT", f"/v2/databases/{cluster}/firewall", rules)
    project.ok("refresh", "--yes", "--skip-preview")
    assert "db" not in project.state()
    assert project.state()["firewall"]["inputs"]["rules"] == rules["rules"]
    project.up(data())
    names = api.call("GET", f"/v2/databases/{cluster}/dbs").json()["dbs"]
    assert {"name": "nextstep_production"} in names
    found = api.call("GET", f"/v2/databases/{cluster}/firewall").json()["rules"]
    assert [one["value"] for one in found] == ["10.0.0.0/8", "192.0.2.7"]


def test_import_by_the_documented_ids(project: Project, api: Api) -> None:
    api.call(
        "POST", "/v2/registry", {"name": "blueocean", "subscription_tier_slug": "basic", "region": "fra1"}
    )
    project.up('registry("basic", opts=Options(import_="blueocean"))')
    assert project.state()["registry"]["id"] == "blueocean"
    project.up('registry("basic")', "--expect-no-changes")


def test_a_taken_name_is_refused_with_the_way_to_take_it_over(project: Project, api: Api) -> None:
    api.call(
        "POST", "/v2/registry", {"name": "blueocean", "subscription_tier_slug": "basic", "region": "fra1"}
    )
    text = project.failed_up('registry("basic")')
    assert "409" in text
    assert "name already exists" in text
    assert "pulumi import digitalocean:index/containerRegistry:ContainerRegistry <resource> blueocean" in text
    assert "registry" not in project.state()


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ('registry("free")', "expected one of starter, basic, professional, got free"),
        (
            'do.Droplet("d", image="i", size="s", region="fra1", name="d", opts=mine)',
            "not digitalocean:index/droplet",
        ),
        ('postgres(version="9")', "invalid version '9': valid values are 14, 15, 16, 17, 18"),
        ('postgres(name="X")', "use 3 to 63 lower-case letters, digits and dashes"),
        (
            'do.DatabaseDb("db", cluster_id="0", name="a", opts=Options(provider=provider, import_="a"))',
            "`<cluster id>,<database name>`",
        ),
    ],
)
def test_what_the_real_one_would_refuse_is_refused(project: Project, program: str, sentence: str) -> None:
    assert sentence in project.failed_up(program)


def test_a_real_token_or_a_real_address_goes_nowhere(project: Project, api: Api) -> None:
    token = "dop_v1_" + 64 * "a"
    project.env["DIGITALOCEAN_TOKEN"] = token
    text = project.failed_up('registry("basic")')
    assert "refuses real DigitalOcean tokens" in text
    assert token not in text + project.texts()
    project.env |= {"DIGITALOCEAN_TOKEN": TOKEN, "DIGITALOCEAN_API_URL": "https://api.digitalocean.com"}
    assert "loopback address, not to api.digitalocean.com" in project.failed_up('registry("basic")')
    assert api.call("GET", "/v2/registries").json() == {"registries": []}


def test_a_preview_needs_no_answer_and_an_update_says_who_is_silent(project: Project) -> None:
    project.env["DIGITALOCEAN_API_URL"] = "http://127.0.0.1:9"
    project.write('registry("basic")')
    project.ok("preview")
    assert "does not answer at 127.0.0.1:9" in project.failed_up('registry("basic")')


def test_a_cluster_pulls_from_the_registry(project: Project, api: Api) -> None:
    program = """
made = registry()
pool = do.KubernetesClusterNodePoolArgs(name="workers", size="s-2vcpu-4gb", node_count=NODES)
do.KubernetesCluster("cluster", name="blueocean", region="fra1", version=VERSION, ha=True, node_pool=pool,
    registry_integration=True, opts=Options(provider=provider, depends_on=[made]))
"""
    project.up(f"NODES, VERSION = 3, '1.35.5-do.1'\n{program}")
    (live,) = api.call("GET", "/v2/kubernetes/clusters").json()["kubernetes_clusters"]
    assert (live["registry_enabled"], live["status"]["state"]) == (True, "running")
    project.ok("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    project.up(f"NODES, VERSION = 4, '1.36.3-do.0'\n{program}")
    (now,) = api.call("GET", "/v2/kubernetes/clusters").json()["kubernetes_clusters"]
    assert (now["id"], now["node_pools"][0]["count"], now["version"]) == (live["id"], 4, "1.36.3-do.0")
    project.write(f"NODES, VERSION = 4, '1.34.8-do.1'\n{program}")
    assert "1 to replace" in project.ok("preview")


def test_what_was_made_outlives_the_kill_of_the_process(paper: RunningSandbox) -> None:
    port = int(paper.env["DIGITALOCEAN_API_URL"].rpartition(":")[2])
    body = {"name": "kept", "subscription_tier_slug": "basic", "region": "fra1"}
    assert Api(port).call("POST", "/v2/registry", body).status_code == 201
    record = identity.read(paper.root / "run" / "digitalocean.json")
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    lifecycle.up(Layout(paper.root), None, lambda _text: None, only=("digitalocean",))
    assert Api(port).call("GET", "/v2/registries/kept").status_code == 200
    assert Api(port).call("DELETE", "/v2/registries/kept").status_code == 204


def test_the_sandbox_s_own_stand_in_answers_with_what_its_env_says(paper: RunningSandbox) -> None:
    url = paper.env["DIGITALOCEAN_API_URL"]
    answer = Api(int(url.rpartition(":")[2])).call(
        "GET", "/v2/registry/options", token=paper.env["DIGITALOCEAN_TOKEN"]
    )
    assert [one["slug"] for one in answer.json()["options"]["subscription_tiers"]] == [
        "starter",
        "basic",
        "professional",
    ]
