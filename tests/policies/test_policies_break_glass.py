"""Admission as a stack brings it up, and the way past it: real engine, real API server, real tokens."""

import copy
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.kube import KubeClient, KubeError
from sandbox.layout import Layout
from sandbox.processes.kube_apiserver import AUDIT_LOG
from tests.conftest import RunningSandbox
from tests.plugins.digitalocean_project import Project
from tests.policies.policy_objects import Manifest, deployment, spoiled

pytestmark = pytest.mark.sandbox
Event = dict[str, Any]
PROGRAM = """
from pulumi import ResourceOptions as Options
from components.admission import Admission
from components.cluster import cluster
from components.labels import Owner
from policies.admission import admission

Admission(admission("prod"), Owner(app="blueocean", environment="prod", stack="scratch.prod"),
    Options(providers=[cluster(None)]))
"""
PROD, DEV = "blueocean-emergency-prod", "blueocean-emergency-dev"
SAID = "INC-7: checkout is down, the new image has the fix"
REASON = {"blueocean.io/break-glass-reason": SAID}
REASONS_THAT_ARE_NONE: list[dict[str, str]] = [{}, {"blueocean.io/break-glass-reason": "because"}]
KEY = "/api/v1/namespaces/platform/serviceaccounts/break-glass-prod/token"
RIGHT = f"registry.digitalocean.com/blueocean/api:1@sha256:{'a' * 64}"
IMAGE = "spec/template/spec/containers/0/image"


def broken(name: str, namespace: str = PROD, reason: dict[str, str] | None = None) -> Manifest:
    """A Deployment whose image no rule admits."""
    made = spoiled(deployment("prod"), IMAGE, "docker.io/vendor/api:latest")
    made = spoiled(made, "metadata/namespace", namespace)
    made = spoiled(spoiled(made, "metadata/name", name), "metadata/annotations", reason or {})
    made["spec"]["template"]["metadata"]["labels"] = {"app": name}
    del made["spec"]["template"]["spec"]["serviceAccountName"]  # there is none
    return spoiled(spoiled(made, "spec/selector", {"matchLabels": {"app": name}}), "spec/replicas", 1)


class Cluster:
    """The API server as its administrator and as whoever holds a key."""

    def __init__(self, admin: KubeClient) -> None:
        self.admin = admin

    def key(self, seconds: int = 3600) -> KubeClient:
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        token = self.admin.request("POST", KEY, body | {"spec": {"expirationSeconds": seconds}})
        return self.wearing(Authorization=f"Bearer {token['status']['token']}")

    def wearing(self, **headers: str) -> KubeClient:
        """The administrator's connection with other headers; _ stands for a dash."""
        found = copy.copy(self.admin)
        found._headers = {**self.admin._headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return found


def said(client: KubeClient, subject: Manifest) -> str:
    """What the server says to the object; empty when it is made."""
    try:
        client.request(
            "POST", f"/apis/apps/v1/namespaces/{subject['metadata']['namespace']}/deployments", subject
        )
    except KubeError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def project(control_plane: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = Project(tmp_path_factory.mktemp("admission") / "project", control_plane.env)
    found.write(PROGRAM, preamble="")
    found.ok("up", "--yes", "--skip-preview")
    yield found
    found.ok("state", "unprotect", "--all", "--yes")
    found.ok("destroy", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def cluster(control_plane: RunningSandbox, project: Project) -> Iterator[Cluster]:
    assert project
    admin = KubeClient.of(Layout(control_plane.root))
    for name, env in ((PROD, "prod"), (DEV, "dev")):
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        body["metadata"]["labels"] = {
            "blueocean.io/environment": env,
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "v1.36",
        }
        admin.request("POST", "/api/v1/namespaces", body)
    found = Cluster(admin)
    # The server takes policies up by a watch.
    deadline = time.monotonic() + 60
    while not said(admin, broken("probe")) or not too_long(found):
        assert time.monotonic() < deadline
        time.sleep(0.2)
        _gone(admin, "probe")
    yield found
    control_plane.delete_namespaces(PROD, DEV)


def _gone(admin: KubeClient, name: str) -> None:
    try:
        admin.request("DELETE", f"/apis/apps/v1/namespaces/{PROD}/deployments/{name}")
    except KubeError as error:
        assert error.status == 404  # noqa: PT017 - any other answer is the fault


def too_long(cluster: Cluster) -> str:
    try:
        cluster.key(3601)
    except KubeError as error:
        return str(error)
    return ""


def test_a_second_up_has_nothing_to_do(project: Project) -> None:
    project.ok("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_the_administrator_is_refused_by_the_rule(cluster: Cluster) -> None:
    assert "[images-by-digest]" in said(cluster.admin, broken("a"))
    assert "[images-by-digest]" in said(cluster.admin, broken("a", reason=REASON))


def test_the_key_opens_with_a_reason_and_pods_follow(cluster: Cluster) -> None:
    assert said(cluster.key(), broken("opened", reason=REASON)) == ""
    deadline = time.monotonic() + 30
    pods: list[Any] = []
    while not pods:
        assert time.monotonic() < deadline, "the controllers were refused"
        time.sleep(0.2)
        pods = cluster.admin.request("GET", f"/api/v1/namespaces/{PROD}/pods?labelSelector=app%3Dopened")[
            "items"
        ]
    assert pods[0]["spec"]["containers"][0]["image"] == "docker.io/vendor/api:latest"


def test_the_way_that_the_runbook_tells_works(
    cluster: Cluster, control_plane: RunningSandbox, tmp_path: Path
) -> None:
    assert cluster
    (tmp_path / "fix.yaml").write_text(json.dumps(broken("typed")))
    script = f"""
    TOKEN=$(kubectl create token break-glass-prod --namespace platform --duration 30m)
    kubectl annotate --local -f fix.yaml -o yaml blueocean.io/break-glass-reason='{SAID}' > reasoned.yaml
    kubectl --token="$TOKEN" apply -f reasoned.yaml
    """
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=control_plane.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "deployment.apps/typed created\n", done.stderr


@pytest.mark.parametrize("reason", REASONS_THAT_ARE_NONE)
def test_the_key_without_a_reason_opens_nothing(cluster: Cluster, reason: dict[str, str]) -> None:
    right = spoiled(broken("b", reason=reason), IMAGE, RIGHT)
    assert "Say why in the annotation blueocean.io/break-glass-reason" in said(cluster.key(), right)
    assert said(cluster.key(), broken("b", reason=reason))


@pytest.mark.parametrize(
    ("name", "image", "words"),
    [
        ("again", RIGHT, "and in new words for each change"),
        # Here two policies refuse, and the server names either.
        (
            "again-broken",
            "docker.io/vendor/api:latest",
            "[images-by-digest]|and in new words for each change",
        ),
    ],
)
def test_a_reason_serves_one_change(cluster: Cluster, name: str, image: str, words: str) -> None:
    """What was said of an earlier change, days ago perhaps, says nothing of this one."""
    path = f"/apis/apps/v1/namespaces/{PROD}/deployments/{name}"
    assert said(cluster.key(), spoiled(broken(name, reason=REASON), IMAGE, image)) == ""

    def change(**annotations: str) -> str:
        found = cluster.admin.request("GET", path)
        found["spec"]["replicas"] = found["spec"]["replicas"] + 1
        found["metadata"]["annotations"] |= annotations
        del found["metadata"]["resourceVersion"]  # controllers write its status meanwhile
        try:
            cluster.key().request("PUT", path, found)
        except KubeError as error:
            return str(error)
        return ""

    # With spaces around it too: the server looks at the words.
    for old in ({}, {key: f" {value} " for key, value in REASON.items()}):
        answer = change(**old)
        assert any(one in answer for one in words.split("|")), answer
    assert change(**{"blueocean.io/break-glass-reason": f"{SAID}, and it needs two pods"}) == ""


def test_the_key_is_for_one_environment(cluster: Cluster) -> None:
    assert "[break-glass] This key is for prod only." in said(cluster.key(), broken("c", DEV, REASON))
    assert "[break-glass] This key is for prod only." in said(cluster.key(), broken("c", "default", REASON))


def test_a_key_lasts_an_hour_at_most(cluster: Cluster) -> None:
    assert "[break-glass] A token lasts an hour at most" in too_long(cluster)


def test_who_impersonates_has_no_key(cluster: Cluster) -> None:
    posing = cluster.wearing(Impersonate_User="system:serviceaccount:platform:break-glass-prod")
    assert "[break-glass] Use a token of your own" in said(
        posing, spoiled(broken("d", reason=REASON), IMAGE, RIGHT)
    )


def test_the_key_opens_no_secret_and_no_role(cluster: Cluster) -> None:
    key = cluster.key()
    for path in (f"/api/v1/namespaces/{PROD}/secrets", "/apis/rbac.authorization.k8s.io/v1/clusterroles"):
        with pytest.raises(KubeError, match="is forbidden"):
            key.request("GET", path)


def test_what_the_key_let_in_can_be_taken_away_with_it(cluster: Cluster) -> None:
    assert said(cluster.key(), broken("short", reason=REASON)) == ""
    cluster.key().request("DELETE", f"/apis/apps/v1/namespaces/{PROD}/deployments/short")


def test_every_object_says_whose_it_is_and_is_protected(project: Project, cluster: Cluster) -> None:
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/blueocean-prod-workloads"
    labels = cluster.admin.request("GET", path)["metadata"]["labels"]
    assert labels["blueocean.io/stack"] == "scratch.prod"
    assert labels["blueocean.io/environment"] == "prod"
    refused = project.run("destroy", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "protected" in refused.stdout


def logged(control_plane: RunningSandbox, wanted: Callable[[Event], bool]) -> Event:
    """The first event of the API server's audit log that is wanted; it arrives a moment after the answer."""
    file = Layout(control_plane.root).log / AUDIT_LOG
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        whole, _, _ = file.read_bytes().rpartition(b"\n")  # the rest may be half of a line
        for line in whole.splitlines():
            event: Event = json.loads(line)
            if wanted(event):
                return event
        time.sleep(0.2)
    raise AssertionError(f"no such event in {file}")


def of(name: str, verb: str) -> Callable[[Event], bool]:
    return lambda event: event["verb"] == verb and event.get("objectRef", {}).get("name") == name


def test_the_log_says_who_used_the_key_for_what_and_why(
    cluster: Cluster, control_plane: RunningSandbox
) -> None:
    assert said(cluster.key(), broken("logged", reason=REASON)) == ""
    event = logged(control_plane, of("logged", "create"))
    assert event["user"]["username"] == "system:serviceaccount:platform:break-glass-prod"
    (token,) = event["user"]["extra"]["authentication.kubernetes.io/credential-id"]
    note = event["annotations"]["blueocean-prod-break-glass/break-glass"]
    assert note == f"CREATE with the credential {token}: {SAID}"
    assert event["level"] == "Metadata"
    assert "requestObject" not in event
    assert "responseObject" not in event


def test_the_log_says_what_was_taken_away_with_it(cluster: Cluster, control_plane: RunningSandbox) -> None:
    assert said(cluster.key(), broken("removed", reason=REASON)) == ""
    cluster.key().request("DELETE", f"/apis/apps/v1/namespaces/{PROD}/deployments/removed")
    event = logged(control_plane, of("removed", "delete"))
    note = event["annotations"]["blueocean-prod-break-glass/break-glass"]
    assert note.startswith("DELETE with the credential JTI=")


def test_the_log_says_who_asked_for_a_key(cluster: Cluster, control_plane: RunningSandbox) -> None:
    cluster.key(1800)
    event = logged(
        control_plane,
        lambda one: (
            "1800 seconds" in str(one.get("annotations")) and one["objectRef"].get("subresource") == "token"
        ),
    )
    note = event["annotations"]["blueocean-prod-break-glass-token/break-glass"]
    assert note == "blueocean:admin asked for a token for 1800 seconds"


def test_the_log_holds_no_token_and_no_content(cluster: Cluster, control_plane: RunningSandbox) -> None:
    key = cluster.key()
    assert said(key, broken("quiet", reason=REASON)) == ""
    logged(control_plane, of("quiet", "create"))
    text = (Layout(control_plane.root).log / AUDIT_LOG).read_text(encoding="utf-8")
    assert key._headers["Authorization"].removeprefix("Bearer ") not in text
    assert not any(token in text for token in control_plane.context.credentials.tokens.values())
    assert "vendor/api" not in text
