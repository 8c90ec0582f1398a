"""The mark: who may adopt, who may delete."""

from typing import Any

from sandbox.plugins.kubernetes.ownership import is_ours, marked, may_adopt, refusal, stack_of

URN = "urn:pulumi:dev::blueocean::a$kubernetes:core/v1:ConfigMap::x"
SAME_STACK = "urn:pulumi:dev::blueocean::kubernetes:core/v1:ConfigMap::renamed"
OTHER_STACK = "urn:pulumi:prod::blueocean::kubernetes:core/v1:ConfigMap::x"
OTHER_PROJECT = "urn:pulumi:dev::nexia::kubernetes:core/v1:ConfigMap::x"


def live(mark: str | None) -> dict[str, Any]:
    return {"metadata": {"annotations": {"blueocean.io/urn": mark} if mark else None}}


def test_marking_keeps_what_is_there() -> None:
    given: dict[str, Any] = {"kind": "X", "metadata": {"name": "a", "annotations": {"b": "c"}}}
    assert marked(given, URN)["metadata"] == {"name": "a", "annotations": {"b": "c", "blueocean.io/urn": URN}}
    assert "blueocean.io/urn" not in given["metadata"]["annotations"]


def test_only_the_same_stack_of_the_same_project_may_adopt() -> None:
    assert stack_of(URN) == ("dev", "blueocean")
    assert may_adopt(live(URN), URN)
    assert may_adopt(live(SAME_STACK), URN)
    for foreign in (OTHER_STACK, OTHER_PROJECT, "nonsense", None):
        assert not may_adopt(live(foreign), URN)


def test_only_the_resource_that_the_mark_or_the_state_names_may_delete() -> None:
    assert is_ours(live(URN), URN, None)
    assert is_ours(live(None), URN, None)
    assert is_ours(live(SAME_STACK), URN, SAME_STACK)
    assert not is_ours(live(SAME_STACK), URN, URN)
    assert not is_ours(live(OTHER_STACK), URN, None)


def test_a_refusal_names_the_owner_and_the_cure() -> None:
    text = refusal("ConfigMap", "a/b", live(OTHER_PROJECT))
    assert OTHER_PROJECT in text
    assert "project nexia" in text
    assert "import it with the id a/b" in refusal("ConfigMap", "a/b", live(None))
