import gzip
import json

import pytest

from delivery.recovery.checkpoint import UnreadableError, parse_checkpoint
from delivery.recovery.objects import ObjectKey, key_of

DEPLOYMENT = {
    "urn": "urn:pulumi:dev::blueocean::kubernetes:apps/v1:Deployment::api",
    "type": "kubernetes:apps/v1:Deployment",
    "id": "room/api-dev",
}
SECRET = {
    "urn": "urn:pulumi:dev::blueocean::kubernetes:core/v1:Secret::s",
    "type": "kubernetes:core/v1:Secret",
    "inputs": {"metadata": {"name": "s", "namespace": "room"}},
}
LATEST = {"resources": [DEPLOYMENT], "pending_operations": [{"type": "creating", "resource": SECRET}]}
FILE = json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": LATEST}}).encode()
EXPORT = json.dumps({"version": 3, "deployment": LATEST}).encode()


@pytest.mark.parametrize("data", [FILE, EXPORT, gzip.compress(FILE)])
def test_resources_and_pending_operations_are_read(data: bytes) -> None:
    state = parse_checkpoint(data)
    assert [item.key for item in state.resources] == [
        ObjectKey(group="apps", kind="Deployment", namespace="room", name="api-dev")
    ]
    assert [(item.kind, str(item.resource.key)) for item in state.pending] == [("creating", "Secret room/s")]


def test_a_stack_that_was_never_updated_is_empty() -> None:
    assert parse_checkpoint(b'{"version":3,"checkpoint":{"stack":"dev"}}').resources == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (FILE[:-1], "it is cut off or damaged"),
        (FILE[: len(FILE) // 2], "it is cut off or damaged"),
        (gzip.compress(FILE)[:-9], "it is cut off or damaged"),
        (b"\0" * 64, "it is cut off or damaged"),
        (b"[]", "it is JSON, but no checkpoint"),
        (b"{}", "it is JSON, but no checkpoint"),
        (b'{"deployment":{"resources":[{}]}}', "its resources are not what the engine writes"),
    ],
)
def test_anything_else_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        parse_checkpoint(data)


@pytest.mark.parametrize(
    ("token", "identity", "expected"),
    [
        ("kubernetes:core/v1:Namespace", "room", "Namespace room"),
        ("kubernetes:networking.k8s.io/v1:Ingress", "room/web", "Ingress room/web"),
        ("kubernetes:core/v1:Namespace", "", "None"),
        ("pulumi:providers:kubernetes", "1-2", "None"),
        ("kubernetes:yaml:ConfigFile", "x", "None"),
        ("random:index/randomPassword:RandomPassword", "none", "None"),
    ],
)
def test_the_object_behind_a_resource(token: str, identity: str, expected: str) -> None:
    assert str(key_of(token, identity)) == expected


def test_the_core_group_has_no_name() -> None:
    key = key_of("kubernetes:core/v1:Service", "room/api")
    assert key is not None
    assert key.group == ""
