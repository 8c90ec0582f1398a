"""What an update touches: nothing without a change, one app with one, never the other project."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands import QUIET
from tests.e2e.harness import Checkout, identity, mark

pytestmark = pytest.mark.sandbox


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """Replace a text in a file for as long as the block lasts."""
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new), encoding="utf-8")
    yield
    file.write_text(before, encoding="utf-8")


def test_a_second_up_changes_nothing(stacks: Checkout) -> None:
    before = stacks.versions("dev")
    assert len(before) > 50
    stacks.pulumi("dev", "up", *QUIET, "--expect-no-changes")
    assert stacks.versions("dev") == before


@pytest.mark.parametrize("stack", ["dev", "nexia-dev"])
def test_a_refresh_finds_no_difference(stacks: Checkout, stack: str) -> None:
    stacks.pulumi(stack, "refresh", *QUIET, "--expect-no-changes")


def test_a_preview_changes_nothing(stacks: Checkout) -> None:
    before = stacks.versions("dev"), stacks.latest("dev")["resources"]
    with edited(stacks.root / "releases/dev.yaml", "tag: 0.1.0", "tag: 0.1.1"):
        done = stacks.pulumi("dev", "preview", "--non-interactive", "--color=never")
    assert "~" in done.stdout
    assert (stacks.versions("dev"), stacks.latest("dev")["resources"]) == before


def test_editing_one_app_changes_that_apps_objects_only(stacks: Checkout) -> None:
    stacks.changed("dev")
    before = stacks.versions("dev")
    parts = {
        identity(item): item["metadata"]["labels"]["app.kubernetes.io/part-of"]
        for item in stacks.objects("dev")
    }
    with edited(stacks.root / "catalogue/apps/kvibe.yaml", "path: /api", "path: /campaigns"):
        stacks.pulumi("dev", "up", *QUIET)
        after = stacks.versions("dev")
    touched = {parts[name] for name in before if after.get(name) != before[name]}
    assert touched == {"kvibe"}
    assert set(after) == set(before)


def test_neither_project_touches_the_other(stacks: Checkout) -> None:
    stacks.changed("dev", "nexia-dev")
    dev, nexia = stacks.versions("dev"), stacks.versions("nexia-dev")
    with edited(stacks.root / "releases/nexia-dev.yaml", "tag: 0.1.0", "tag: 0.1.1"):
        stacks.pulumi("nexia-dev", "up", *QUIET)
    assert stacks.versions("dev") == dev
    assert stacks.versions("nexia-dev") != nexia
    nexia = stacks.versions("nexia-dev")
    with edited(stacks.root / "releases/dev.yaml", "tag: 0.1.0", "tag: 0.1.1"):
        stacks.pulumi("dev", "up", *QUIET)
    assert stacks.versions("nexia-dev") == nexia
    assert stacks.versions("dev") != dev


def test_a_renamed_component_keeps_its_live_objects(stacks: Checkout) -> None:
    stacks.changed("dev")
    stacks.up("dev")
    lasting = ("Deployment", "Service", "Ingress", "Job", "Secret", "ConfigMap", "ServiceAccount")
    before = {
        identity(one): one["metadata"]["uid"] for one in stacks.objects("dev") if one["kind"] in lasting
    }
    with edited(stacks.root / "catalogue/apps/kvibe.yaml", "  backend:\n", "  engine:\n"):
        stacks.pulumi("dev", "up", *QUIET)
        found = stacks.objects("dev")
    assert {identity(one): one["metadata"]["uid"] for one in found if one["kind"] in lasting} == before
    (renamed,) = [
        one for one in found if identity(one).endswith("/kvibe-backend-dev") if one["kind"] == "Deployment"
    ]
    assert renamed["metadata"]["labels"]["app.kubernetes.io/component"] == "engine"


def test_state_and_cluster_agree(stacks: Checkout) -> None:
    for stack in ("dev", "nexia-dev"):
        live = sorted(mark(item) for item in stacks.objects(stack))
        resources = stacks.latest(stack)["resources"]
        assert live == sorted(item["urn"] for item in resources if item["type"].startswith("kubernetes:"))


def test_destroy_leaves_nothing_and_the_other_project_alone(stacks: Checkout) -> None:
    stacks.changed("nexia-dev")
    dev = stacks.versions("dev")
    stacks.pulumi("nexia-dev", "destroy", *QUIET)
    assert stacks.objects("nexia-dev") == []
    assert stacks.latest("nexia-dev").get("resources") in (None, [])
    names = {item["metadata"]["name"] for item in stacks.sandbox.cluster.get("namespaces")["items"]}
    assert not {name for name in names if name.startswith("nexia")}
    assert stacks.versions("dev") == dev
