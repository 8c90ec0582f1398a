"""Who makes what exists once: the stack that is told to, and no other."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue.clouds import cloud_shape, workshop_shape
from catalogue.load import CHECKOUT, load
from catalogue.stacks import stack_content
from delivery.rendering.exits import RenderError
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in

ROOM = "blueocean-build"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program and what it reads, with settings of one's own."""
    for name in ("catalogue", "releases"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py[co]"))
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    return tmp_path


def rendered(root: Path, settings: dict[str, Any]) -> list[dict[str, Any]]:
    (root / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": settings}))
    return render(stack_in(root, "dev"))


def in_room(objects: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (one["kind"], one["metadata"]["name"])
        for one in objects
        if ROOM in (one["metadata"].get("namespace"), one["metadata"]["name"])
    }


def test_only_where_it_is_asked_for(copy: Path) -> None:
    assert in_room(rendered(copy, {})) == set()
    settings = {"blueocean:workshop": "true", "blueocean:gitToken": {"secure": "v1:0:0"}}
    assert in_room(rendered(copy, settings)) == {
        ("Namespace", "blueocean-build"),
        ("ResourceQuota", "quota"),
        ("LimitRange", "limits"),
        ("NetworkPolicy", "default-deny"),
        ("NetworkPolicy", "allow-dns"),
        ("NetworkPolicy", "allow-https-outside"),
        ("ServiceAccount", "kaniko"),
        ("Secret", "registry-push"),
        ("Secret", "git-read"),
        ("PodTemplate", "kaniko"),
    }


def test_without_its_credential_nothing_is_made(copy: Path) -> None:
    with pytest.raises(RenderError, match="blueocean:gitToken"):
        rendered(copy, {"blueocean:workshop": "true"})


def test_a_workshop_without_a_registry_is_refused_before_anything_is_made(copy: Path) -> None:
    platform = copy / "catalogue" / "platform.yaml"
    text = platform.read_text()
    start, end = text.index("cloud: #"), text.index("ladder:")
    platform.write_text(text[:start] + text[end:])
    settings = {"blueocean:workshop": "true", "blueocean:gitToken": {"secure": "v1:0:0"}}
    with pytest.raises(RenderError, match=r"Nothing was touched:\ncatalogue/platform\.yaml buys no registry"):
        rendered(copy, settings)


def test_the_platform_s_account() -> None:
    apps = stack_content(CHECKOUT, "blueocean", "prod").apps
    shape = cloud_shape(load().platform, apps)
    assert shape.registry.model_dump() == {
        "name": "blueocean",
        "tier": "professional",
        "region": "fra1",
        "write_seconds": 2592000,
    }
    assert (shape.cluster, shape.data) == (None, None)


def test_a_platform_without_a_registry_has_no_workshop() -> None:
    platform, apps = stack_content(CHECKOUT, "blueocean", "dev")
    with pytest.raises(ValueError, match="buys no registry"):
        workshop_shape(platform.model_copy(update={"cloud": None}), apps)
    with pytest.raises(ValueError, match="names no registry; write registry: as host/name"):
        workshop_shape(platform.model_copy(update={"registry": "registry.digitalocean.com"}), apps)
