"""Servers outside the cluster: managed ones by the cloud's stand-in, and addresses that lead nowhere.

A copy with one app, to be quick, in a sandbox of its own: another stack prod is up in the shared one. What an
autoscaler set is shown here as well, because one app is enough for it.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.commands import QUIET
from tests.conftest import RunningSandbox, running
from tests.e2e.harness import until, version
from tests.front_door import ask
from tests.plugins.digitalocean_project import Api
from tests.prod.prod_stack import Object, Stack, autoscaled, image_of, released

pytestmark = pytest.mark.sandbox

DATA = """
  cluster: {name: workers, region: fra1, version: 1.36.3-do.0, size: s-4vcpu-8gb, min_nodes: 3, max_nodes: 6}
  data:
    region: fra1
    sources: [10.0.0.0/8]
    postgres: {name: blueocean-pg, version: "18", size: db-s-1vcpu-1gb, nodes: 1}
    valkey: {name: blueocean-valkey, version: "8", size: db-s-1vcpu-1gb, nodes: 1}
"""
# What DigitalOcean's servers listen on, in the place of 5432 and 6379
PORTS = {"connections_per_pod: 5": (5432, 25060), "redis-master.platform": (6379, 25061)}
LASTING = "deployments,services,secrets,configmaps,persistentvolumeclaims,statefulsets,ingresses"
ALIASES = ("postgres-central", "platform-pool-redis-master")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running(tmp_path_factory.mktemp("elsewhere") / "sandbox") as found:
        yield found


@dataclass(frozen=True)
class First:
    """A stack whose first update met an address that leads nowhere: what was said, and what runs since."""

    stack: Stack
    said: str
    running: list[str]
    aliases: list[str]


@pytest.fixture(scope="module")
def first(ground: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> First:
    found = Stack(tmp_path_factory.mktemp("elsewhere-prod"), ground, "")
    for file in (found.root / "catalogue" / "apps").glob("*.yaml"):
        if file.stem != "kvibe":
            file.unlink()
    platform = found.root / "catalogue" / "platform.yaml"
    text = platform.read_text()
    registry = next(line for line in text.splitlines() if line.startswith("  registry: {tier"))
    platform.write_text(text.replace(registry, registry + DATA.rstrip()))
    nowhere = "nowhere.invalid"
    settings(found, workshop="true", sharedServices="true", postgresAddress=nowhere, redisAddress=nowhere)
    said = found.refused("up", *QUIET)
    running = [one["metadata"]["name"] for one in found.live("deployments,statefulsets")]
    aliases = [one["metadata"]["name"] for one in found.live("services") if "externalName" in one["spec"]]
    return First(found, said, running, aliases)


@pytest.fixture(scope="module")
def stack(first: First, ground: RunningSandbox) -> Stack:
    """Up, with its managed servers bought and its own standing outside the cluster, where those are."""
    found = first.stack
    platform = found.root / "catalogue" / "platform.yaml"
    lines = platform.read_text().splitlines(keepends=True)
    for mark, (old, new) in PORTS.items():
        lines = [one.replace(str(old), str(new)) if mark in one else one for one in lines]
    platform.write_text("".join(lines))
    settings(found, postgresAddress=host(ground, "pg"), redisAddress=host(ground, "valkey"))
    found.up()
    assert until(lambda: autoscaled(found), 60, 0.5)  # what an autoscaler changes is no update's doing
    return found


def settings(stack: Stack, **values: str) -> None:
    """Set them, and have what the copy renders now promoted."""
    for name, value in values.items():
        stack.pulumi("config", "set", name, value)
    stack.promote()


def host(ground: RunningSandbox, engine: str) -> str:
    """Of the managed server, as the account shows it."""
    port = int(ground.env["DIGITALOCEAN_API_URL"].rpartition(":")[2])
    clusters = Api(port).call("GET", "/v2/databases").json()["databases"]
    (found,) = [one["private_connection"]["host"] for one in clusters if one["engine"] == engine]
    return str(found)


def versions(stack: Stack) -> dict[str, str]:
    return {
        f"{one['kind']} {one['metadata']['namespace']}/{one['metadata']['name']}": version(one)
        for one in stack.live(LASTING)
        if one["kind"] != "Deployment"
    } | {one["metadata"]["name"]: str(one["metadata"]["generation"]) for one in stack.live("deployments")}


def test_a_first_update_that_meets_an_unreachable_address_starts_no_app(first: First) -> None:
    assert "reachable" in first.said
    assert "Traceback" not in first.said
    assert first.aliases == []
    assert not [name for name in first.running if name.startswith("kvibe")]


def test_the_names_lead_to_the_managed_servers(stack: Stack, ground: RunningSandbox) -> None:
    for name, engine in zip(ALIASES, ("pg", "valkey"), strict=True):
        spec = stack.get("service", name, "--namespace=platform")["spec"]
        assert (spec["type"], spec["externalName"]) == ("ExternalName", host(ground, engine))
    assert {one["metadata"]["name"] for one in stack.live("statefulsets")} == {"prometheus", "grafana"}
    assert until(lambda: healthy(stack) == 200)  # the front door follows the cluster, a moment behind


def healthy(stack: Stack) -> int:
    """What the app's API says about its database and its cache, through the front door."""
    return ask(stack.sandbox, "kvibe", "/api/health").status


def test_nothing_changes_twice(stack: Stack) -> None:
    stack.up("--expect-no-changes")
    stack.pulumi("refresh", *QUIET, "--expect-no-changes")


def test_the_autoscalers_nine_stay_nine_through_five_updates(stack: Stack) -> None:
    name, space = "kvibe-backend-prod", "--namespace=blueocean-kvibe-prod"
    scale(stack, name, space, 9)
    assert until(lambda: stack.get("deployment", name, space)["status"].get("readyReplicas") == 9)
    with released(stack, ("kvibe-frontend", "kvibe-backend"), "kvibe-backend"):
        for words in ((), ("--expect-no-changes",), ("--expect-no-changes",)):
            stack.up(*words)
            live = stack.get("deployment", name, space)["spec"]
            assert live["replicas"] == 9
            assert image_of(live).endswith(":0.2.0@sha256:" + "7" * 64)
    for words in ((), ("--expect-no-changes",)):
        stack.up(*words)
        live = stack.get("deployment", name, space)["spec"]
        assert live["replicas"] == 9
        assert ":0.1.0@sha256:" in image_of(live)
    stack.pulumi("refresh", *QUIET, "--expect-no-changes")
    scale(stack, name, space, 2)


def scale(stack: Stack, name: str, space: str, pods: int) -> None:
    """As the HPA's controller does it: through the scale subresource, under its manager's name."""
    change = json.dumps({"spec": {"replicas": pods}})
    patch = ("patch", "deployment", name, space, "--subresource=scale", "--type=merge", "-p", change)
    stack.kubectl(*patch, "--field-manager=kube-controller-manager")


@pytest.mark.parametrize(
    ("setting", "job", "told"),
    [
        ("postgresAddress", "postgres-central-reachable", 'could not translate host name "nowhere.invalid"'),
        ("redisAddress", "platform-pool-redis-master-reachable", "valkey-cli: after 0 commands"),
    ],
)
def test_an_unreachable_address_changes_nothing(stack: Stack, setting: str, job: str, told: str) -> None:
    before = versions(stack)
    right = stack.pulumi("config", "get", setting).stdout.strip()
    settings(stack, **{setting: "nowhere.invalid"})
    said = stack.refused("up", *QUIET)
    assert job in said
    assert told in said
    assert "Traceback" not in said
    assert versions(stack) == before
    assert healthy(stack) == 200
    settings(stack, **{setting: right})
    stack.up()
    assert versions(stack) == before
    stack.up("--expect-no-changes")


def test_without_the_accounts_token_nothing_is_done(stack: Stack) -> None:
    before = versions(stack)
    settings(stack, redisAddress="elsewhere.invalid")  # something to do
    command = ["env", "-u", "DIGITALOCEAN_TOKEN", "pulumi", "up", *QUIET, "--stack", "prod"]
    done = stack.run(command, code=None)
    assert done.returncode
    assert "Nothing was touched" in done.stdout
    assert "export DIGITALOCEAN_TOKEN" in done.stdout
    assert versions(stack) == before
    settings(stack, redisAddress=host(stack.sandbox, "valkey"))


def test_the_images_come_from_the_registry_that_it_made(stack: Stack, ground: RunningSandbox) -> None:
    """Staging's and NEXIA's stacks make none: they run what lies in this one."""
    port = int(ground.env["DIGITALOCEAN_API_URL"].rpartition(":")[2])
    (registry,) = Api(port).call("GET", "/v2/registries").json()["registries"]
    for name in ("kvibe-frontend-prod", "kvibe-backend-prod"):
        live = stack.get("deployment", name, "--namespace=blueocean-kvibe-prod")
        (container,) = live["spec"]["template"]["spec"]["containers"]
        assert container["image"].startswith(f"registry.digitalocean.com/{registry['name']}/kvibe-")


def test_the_cluster_that_it_bought_grows_by_itself(stack: Stack) -> None:
    port = int(stack.sandbox.env["DIGITALOCEAN_API_URL"].rpartition(":")[2])
    (cluster,) = Api(port).call("GET", "/v2/kubernetes/clusters").json()["kubernetes_clusters"]
    assert (cluster["name"], cluster["region"], cluster["version"]) == ("workers", "fra1", "1.36.3-do.0")
    assert (cluster["registry_enabled"], cluster["ha"], cluster["auto_upgrade"]) == (True, True, False)
    (pool,) = cluster["node_pools"]
    assert (pool["size"], pool["auto_scale"]) == ("s-4vcpu-8gb", True)
    assert (pool["min_nodes"], pool["max_nodes"]) == (3, 6)
    # Both managed servers let it in by its id.
    for database in Api(port).call("GET", "/v2/databases").json()["databases"]:
        rules = Api(port).call("GET", f"/v2/databases/{database['id']}/firewall").json()["rules"]
        assert ("k8s", cluster["id"]) in {(one["type"], one["value"]) for one in rules}


def test_what_writes_to_the_registry_is_in_the_build_room_and_nowhere_else(stack: Stack) -> None:
    """By kind and by content, in every Secret and ConfigMap of the cluster."""
    texts = {
        (one["metadata"]["namespace"], one["metadata"]["name"]): decoded(one)
        for one in stack.get("secrets,configmaps", "--all-namespaces")["items"]
    }
    (home,) = [where for where, text in texts.items() if '"auths"' in text]
    assert home[0] == "blueocean-build"
    (config,) = json.loads(texts[home].partition("=")[2])["auths"].values()
    token = base64.b64decode(config["auth"]).decode().partition(":")[0]
    assert len(token) > 20
    assert [where for where, text in texts.items() if token in text or config["auth"] in text] == [home]
    assert len({namespace for namespace, _ in texts}) > 3


def decoded(one: Object) -> str:
    """All values of a Secret or a ConfigMap, as name=value."""
    data = dict(one.get("data") or {})
    if one["kind"] == "Secret":
        data = {name: base64.b64decode(value).decode(errors="replace") for name, value in data.items()}
    return "\n".join(f"{name}={value}" for name, value in data.items())


def test_the_managed_data_outlives_the_stack(stack: Stack, ground: RunningSandbox) -> None:
    assert "protected" in stack.refused("destroy", "--yes", "--non-interactive", "--color=never")
    stack.pulumi("state", "unprotect", "--all", "--yes")
    stack.pulumi("destroy", *QUIET)
    assert host(ground, "pg")
    assert not stack.live("services,deployments,statefulsets")
