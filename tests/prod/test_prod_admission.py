"""Production as it is shipped, with its guards on: all of our own is admitted, a hand in it is not."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import running
from tests.prod.prod_stack import Stack

pytestmark = pytest.mark.sandbox
KINDS = "namespaces,deployments,services,ingresses,poddisruptionbudgets,roles,jobs,pods,replicasets"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A sandbox of its own: guards would stand in other tests' way."""
    with running(tmp_path_factory.mktemp("guarded") / "sandbox") as sandbox:
        stack = Stack(tmp_path_factory.mktemp("guarded-prod"), sandbox, "", shipped=True)
        stack.run(["pulumi", "config", "set", "admission", "true", "--stack", "prod"])
        stack.up()
        yield stack


def test_the_stack_comes_up_and_has_nothing_more_to_do(guarded: Stack) -> None:
    guarded.kubectl(
        "wait", "--for=condition=Available", "deployment", "--all", "--all-namespaces", "--timeout=90s"
    )
    guarded.up("--expect-no-changes")


def test_every_object_of_ours_is_admitted_again(guarded: Stack) -> None:
    for _ in range(5):  # a controller may write a status between reading and replacing
        items = guarded.live(KINDS)
        assert len([one for one in items if one["kind"] == "Deployment"]) == 10
        done = replaced(guarded, items)
        assert "ValidatingAdmissionPolicy" not in done.stderr, done.stderr
        if done.stdout.count("replaced") == len(items):
            return
    raise AssertionError(done.stderr)


def replaced(guarded: Stack, items: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    return subprocess.run(
        ["kubectl", "replace", "--dry-run=server", "--filename=-"],
        input=document,
        env=guarded.sandbox.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_pods_come_back_under_the_guards(guarded: Stack) -> None:
    space = "--namespace=blueocean-kvibe-prod"
    guarded.kubectl("delete", "pods", "--all", space, "--wait=false")
    guarded.kubectl("rollout", "status", "deployment/kvibe-backend-prod", space, "--timeout=60s")


def test_a_hand_in_production_is_refused_in_the_rules_words(guarded: Stack) -> None:
    words = ("deployment/kvibe-backend-prod", "--namespace=blueocean-kvibe-prod")
    said = guarded.kubectl("set", "image", *words, "*=docker.io/library/nginx:latest", code=1)
    assert "[images-" in said
    before = "pod-security.kubernetes.io/enforce=privileged"
    said = guarded.kubectl("label", "namespace", "blueocean-kvibe-prod", before, "--overwrite", code=1)
    assert "[namespaces-enforce-pod-security]" in said
