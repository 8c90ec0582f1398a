"""A second opinion from outside: checkov over the rendered manifests of every stack.

It comes by `uv tool run`, in an environment of its own outside the checkout, because it pins packages that
ours does not. Nothing is skipped and no object asks to be: what it still finds is the list below, to the
letter, and the reasons stand where each is made.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.policies import CHECKOV
from catalogue.load import CHECKOUT
from tests.rendered import rendered

pytestmark = pytest.mark.sandbox  # no sandbox, but half a minute

STACKS = ("dev", "prod", "nexia-dev", "nexia-prod")
# In each slot and at night.
MOMENTS = [f"2026-11-23T{hour}:30+01:00" for hour in ("03", "10", "13", "16", "19")]
# Credentials as variables: components/pod.py, and the git token in catalogue/builds.py
VARIABLES = "CKV_K8S_35"
# No probes, a root file system that is written to, added capabilities: catalogue/builds.py
BUILD = {
    (check, "PodTemplate.blueocean-build.kaniko")
    for check in ("CKV_K8S_8", "CKV_K8S_9", "CKV_K8S_22", "CKV_K8S_25")
}
KINDS = ("Deployment", "Job", "CronJob", "StatefulSet", "PodTemplate")
PLANTED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "planted", "namespace": "planted"},
    "spec": {"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]},
}
Object = dict[str, Any]


@pytest.fixture(scope="module")
def manifests() -> dict[str, list[Object]]:
    found = {name: rendered(name) for name in STACKS}
    return found | {f"staging-{at[11:13]}": rendered("staging", at=at) for at in MOMENTS}


@pytest.fixture(scope="module")
def failed(
    manifests: dict[str, list[Object]], tmp_path_factory: pytest.TempPathFactory
) -> set[tuple[str, str]]:
    """(check, object) of everything that it finds in our manifests and in the planted one."""
    folder = tmp_path_factory.mktemp("checkov")
    # Once each: a slot changes few objects, and a scan is slow.
    distinct = {json.dumps(one): one for objects in manifests.values() for one in objects}
    for name, objects in (("ours", distinct.values()), ("planted", [PLANTED])):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    scan = ["--directory", str(folder), "--framework", "kubernetes", "--output", "json", "--soft-fail"]
    done = subprocess.run(
        [*CHECKOV, *scan], cwd=folder, capture_output=True, text=True, timeout=540, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["skipped"] == 0
    assert report["summary"]["resource_count"] > len(distinct)
    return {(one["check_id"], one["resource"]) for one in report["results"]["failed_checks"]}


def test_it_finds_what_is_wrong(failed: set[tuple[str, str]]) -> None:
    assert ("CKV_K8S_16", "Pod.planted.planted") in failed  # privileged


def test_our_stacks_are_clean_but_for_what_is_explained(failed: set[tuple[str, str]]) -> None:
    ours = {(check, what) for check, what in failed if what != "Pod.planted.planted"}
    assert {(check, what) for check, what in ours if check != VARIABLES} == BUILD
    assert {what.split(".")[0] for check, what in ours if check == VARIABLES} <= set(KINDS)


def test_no_object_asks_to_be_skipped(manifests: dict[str, list[Object]]) -> None:
    for objects in manifests.values():
        assert "checkov" not in json.dumps(objects)


def test_the_exceptions_are_explained_where_they_are_made() -> None:
    """Each of them, and no other."""
    for file, checks in (
        ("components/pod.py", {VARIABLES}),
        ("catalogue/builds.py", {VARIABLES, *(check for check, _ in BUILD)}),
    ):
        text = Path(CHECKOUT, file).read_text(encoding="utf-8")
        assert set(re.findall(r"CKV2?_K8S_[0-9]+", text)) == checks
