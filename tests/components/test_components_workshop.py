"""Cloud and build room under the real engine, on a real API server and the API's stand-in."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.builds import build_job
from catalogue.load import load
from catalogue.models.build import BuildOrder
from sandbox.kube import KubeClient, KubeError
from sandbox.processes.table import CONTROL_PLANE
from tests.conftest import RunningSandbox, running
from tests.plugins.digitalocean_project import Api, Project

pytestmark = pytest.mark.sandbox
PROGRAM = """
import pulumi
from pulumi import ResourceOptions as Options
from catalogue.clouds import workshop_shape
from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components.cluster import cluster
from components.workshop import Workshop
from tests.components.component_recording import around

git_token = pulumi.Config().require_secret("gitToken")
what = workshop_shape(*stack_content(CHECKOUT, "scratch", "dev"))
Workshop(what, git_token, around(), Options(providers=[cluster(None)]))
"""
GIT_TOKEN = "planted-git-token"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A cluster and an account; nothing else."""
    with running(tmp_path_factory.mktemp("ground") / "sandbox", (*CONTROL_PLANE, "digitalocean")) as found:
        yield found


@pytest.fixture(scope="module")
def project(ground: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Project:
    found = Project(tmp_path_factory.mktemp("workshop") / "project", ground.env)
    found.ok("config", "set", "--secret", "gitToken", GIT_TOKEN)
    found.write(PROGRAM, preamble="")
    found.ok("up", "--yes", "--skip-preview")
    return found


@pytest.fixture(scope="module")
def kube(ground: RunningSandbox) -> KubeClient:
    return ground.context.kube()


def job() -> dict[str, Any]:
    platform = load().platform
    order = BuildOrder(app="nextgen", image="nextgen-api", commit=40 * "a")
    return build_job(platform.build, platform.registry, order)


def test_nothing_changes_twice(project: Project) -> None:
    for command in ("up", "refresh"):
        project.ok(command, "--yes", "--skip-preview", "--expect-no-changes")


@pytest.mark.usefixtures("project")
def test_the_write_credential_is_real_and_in_one_place(ground: RunningSandbox, kube: KubeClient) -> None:
    secrets = kube.request("GET", "/api/v1/secrets")["items"]
    auths = {
        (one["metadata"]["namespace"], one["metadata"]["name"]): base64.b64decode(value).decode()
        for one in secrets
        for value in (one.get("data") or {}).values()
        if b"registry.digitalocean.com" in base64.b64decode(value)
    }
    assert set(auths) == {("blueocean-build", "registry-push")}
    docker = json.loads(auths["blueocean-build", "registry-push"])
    token = base64.b64decode(docker["auths"]["registry.digitalocean.com"]["auth"]).decode().partition(":")[2]
    state = (ground.root / "data" / "digitalocean" / "state.json").read_text()
    (kept,) = json.loads(state)["tokens"].values()
    assert (kept["registry"], kept["read_write"]) == ("blueocean", True)
    assert token not in state


def test_no_secret_is_written_in_the_clear(project: Project, kube: KubeClient) -> None:
    found = kube.request("GET", "/api/v1/namespaces/blueocean-build/secrets/registry-push")["data"]
    docker = base64.b64decode(found[".dockerconfigjson"]).decode()
    auth = json.loads(docker)["auths"]["registry.digitalocean.com"]["auth"]
    written = project.texts()
    for secret in (
        auth,
        found[".dockerconfigjson"],
        GIT_TOKEN,
        base64.b64encode(GIT_TOKEN.encode()).decode(),
    ):
        assert secret not in written


@pytest.mark.usefixtures("project")
def test_the_cluster_takes_a_build_as_it_is_and_refuses_more(kube: KubeClient) -> None:
    jobs, pods = "/apis/batch/v1/namespaces/blueocean-build/jobs", "/api/v1/namespaces/blueocean-build/pods"
    kube.request("POST", f"{jobs}?dryRun=All", job())
    spec = job()["spec"]["template"]
    pod = {"apiVersion": "v1", "kind": "Pod", **spec, "metadata": {"name": "b", **spec["metadata"]}}
    assert kube.request("POST", f"{pods}?dryRun=All", pod)["metadata"]["name"] == "b"
    spec["spec"]["containers"][0]["securityContext"]["capabilities"]["add"] = ["SYS_ADMIN"]
    with pytest.raises(KubeError, match=r'violates PodSecurity "baseline:v1\.36"'):
        kube.request("POST", f"{pods}?dryRun=All", pod)
    spec = job()["spec"]["template"]
    spec["spec"]["containers"][0]["resources"]["limits"]["memory"] = "5Gi"
    big = {"apiVersion": "v1", "kind": "Pod", **spec, "metadata": {"name": "b", **spec["metadata"]}}
    with pytest.raises(KubeError, match="maximum memory usage per Container is 4Gi"):
        kube.request("POST", f"{pods}?dryRun=All", big)


def test_the_registry_outlives_a_destroy(project: Project, ground: RunningSandbox) -> None:
    ran = project.run("destroy", "--yes")
    assert ran.returncode != 0
    assert "protected" in ran.stdout
    port = int(ground.env["DIGITALOCEAN_API_URL"].rpartition(":")[2])
    assert Api(port).call("GET", "/v2/registries/blueocean").status_code == 200
