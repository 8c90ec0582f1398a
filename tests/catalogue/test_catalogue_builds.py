"""The Job that builds an image, to the letter, and what the rules and the schema say of it."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from catalogue.builds import build_job, build_room
from catalogue.load import load
from catalogue.models.build import BuildOrder
from tests.kubernetes_schema import check
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import in_stack

PLATFORM = load().platform
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ORDER = BuildOrder(app="nextgen", image="nextgen-api", commit=COMMIT)


@pytest.fixture
def job() -> dict[str, Any]:
    return build_job(PLATFORM.build, PLATFORM.registry, ORDER)


def container(job: dict[str, Any]) -> dict[str, Any]:
    (one,) = job["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = one
    return found


def arguments(job: dict[str, Any]) -> list[str]:
    """As the kubelet hands them over."""
    found = container(job)
    text = "\n".join(found["args"])
    for one in found["env"]:
        text = text.replace(f"$({one['name']})", one.get("value", ""))
    return text.splitlines()


def test_it_ends_by_itself_and_goes_away(job: dict[str, Any]) -> None:
    assert job["metadata"]["name"] == "build-nextgen-api-0123456789ab"
    assert job["metadata"]["namespace"] == "blueocean-build"
    spec = {key: value for key, value in job["spec"].items() if key != "template"}
    assert spec == {"backoffLimit": 1, "activeDeadlineSeconds": 1800, "ttlSecondsAfterFinished": 86400}


def test_it_builds_one_commit_of_the_private_repository_into_the_registry(job: dict[str, Any]) -> None:
    given = arguments(job)
    assert given[:5] == [
        f"--context=git://github.com/blueocean/blueocean.git#{COMMIT}",
        "--dockerfile=apps/nextgen/nextgen-api/Dockerfile",
        "--destination=registry.digitalocean.com/blueocean/nextgen-api:0123456789ab",
        "--cache=true",
        "--cache-repo=registry.digitalocean.com/blueocean/nextgen-api-cache",
    ]
    assert {"--reproducible", "--digest-file=/dev/termination-log"} <= set(given)
    assert "$(" not in "".join(given)


def test_the_maintained_fork_by_digest(job: dict[str, Any]) -> None:
    image = container(job)["image"]
    assert image.startswith("ghcr.io/osscontainertools/kaniko:v1.28.3@sha256:")


def test_credentials_come_from_the_rooms_secrets_and_no_token_of_the_cluster(job: dict[str, Any]) -> None:
    pod = job["spec"]["template"]["spec"]
    token = next(one for one in container(job)["env"] if one["name"] == "GIT_TOKEN")
    assert token == {"name": "GIT_TOKEN", "valueFrom": {"secretKeyRef": {"name": "git-read", "key": "token"}}}
    (volume,) = pod["volumes"]
    assert volume["secret"]["secretName"] == "registry-push"
    assert (pod["serviceAccountName"], pod["automountServiceAccountToken"]) == ("kaniko", False)


def test_it_fits_the_schema_and_baseline(job: dict[str, Any]) -> None:
    check(job)
    security = container(job)["securityContext"]
    assert security["privileged"] is False
    assert security["allowPrivilegeEscalation"] is False
    # What the baseline Pod Security Standard lets a container add.
    allowed = (
        "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP"
    )
    assert set(security["capabilities"]["add"]) <= {*allowed.split(), "SETUID", "SYS_CHROOT"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & job["spec"]["template"]["spec"].keys()


def test_two_builds_differ_in_variables_and_labels_only() -> None:
    other = BuildOrder(app="kreach", image="kreach-web", commit=COMMIT[::-1])
    pods = [
        copy.deepcopy(build_job(PLATFORM.build, PLATFORM.registry, one)["spec"]["template"])
        for one in (ORDER, other)
    ]
    assert pods[0] != pods[1]
    for pod in pods:
        pod["metadata"]["labels"] = {"app.kubernetes.io/part-of": "build"}
        for one in pod["spec"]["containers"][0]["env"]:
            if one["name"].startswith("BUILD_"):
                one["value"] = ""
    assert pods[0] == pods[1] == build_room(PLATFORM, "prod", "blueocean.prod").pod


@pytest.mark.parametrize(
    "wrong",
    [{"commit": "main"}, {"commit": COMMIT[:12]}, {"image": "a b"}, {"app": "--force"}, {"app": "a/../b"}],
)
def test_an_order_that_says_more_than_it_may_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        BuildOrder(**{"app": "nextgen", "image": "nextgen-api", "commit": COMMIT, **wrong})


@pytest.mark.parametrize("env", ["staging", "prod"])
def test_no_rule_of_the_policy_pack_refuses_it(job: dict[str, Any], env: str) -> None:
    template = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": job["metadata"]}
    template["template"] = build_room(PLATFORM, "prod", "blueocean.prod").pod
    found = judge().everything(in_stack(env, [job, template]), "state")
    # A namespace without its default-deny: the room's own test shows that it has one.
    assert [one.text for one in found if one.rule.id != "isolation-default-deny-present"] == []
