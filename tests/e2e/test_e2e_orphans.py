"""Live objects with the stack's mark that its state has lost."""

from collections.abc import Iterator

import pytest

from tests.e2e.harness import Checkout, identity, mark

pytestmark = pytest.mark.sandbox

STACK = "nexia-dev"


@pytest.fixture
def orphan(stacks: Checkout) -> Iterator[str]:
    """An Ingress, on which nothing depends, taken out of the state; its kind, namespace and name."""
    stacks.changed(STACK)
    (ingress,) = (item for item in stacks.objects(STACK) if item["kind"] == "Ingress")
    stacks.pulumi(STACK, "state", "delete", mark(ingress), "--yes", "--non-interactive")
    yield identity(ingress)
    stacks.up(STACK)


def uids(checkout: Checkout) -> dict[str, str]:
    return {identity(item): item["metadata"]["uid"] for item in checkout.objects(STACK)}


def test_an_orphan_is_told_left_alone_and_adopted_by_the_next_up(stacks: Checkout, orphan: str) -> None:
    before = uids(stacks)
    said = stacks.recover(STACK, "--yes").stdout
    assert f"found {orphan}, which carries this stack's mark and is not in its state" in said
    assert uids(stacks) == before
    stacks.up(STACK)
    assert uids(stacks) == before  # the same object: adopted, not made anew
    assert "found" not in stacks.recover(STACK).stdout


def test_an_orphan_is_deleted_when_that_is_asked_for(stacks: Checkout, orphan: str) -> None:
    before = uids(stacks)
    stacks.recover(STACK, "--delete-orphans", "--dry-run")
    assert uids(stacks) == before
    stacks.recover(STACK, "--delete-orphans")
    assert set(before) - set(uids(stacks)) == {orphan}
