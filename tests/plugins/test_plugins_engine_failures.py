"""What goes wrong under the real engine: failing workloads, kills, foreign objects, no cluster."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.plugins.harness import LIMIT, Project, eventually, interrupt

pytestmark = pytest.mark.sandbox

NOWHERE = {"node_selector": {"no": "such-node"}}


def stuck(timeout: int) -> str:
    return f'deployment("web", {NOWHERE}, annotations={{"pulumi.com/timeoutSeconds": "{timeout}"}})'


def test_a_failing_deployment_says_why_stays_in_the_state_and_goes_on(project: Project) -> None:
    text = project.failed_up(stuck(2) + '\nconfig_map("other", {"a": "1"})')
    assert "timed out after 2 seconds" in text
    assert "Unschedulable" in text
    state = project.state()
    assert state["web"]["id"] == f"{project.space}/web"
    assert any("timed out after 2 seconds" in reason for reason in state["web"]["initErrors"])
    assert "other" in state

    uid = project.live.uid("deployments", "web")
    project.up('deployment("web")\nconfig_map("other", {"a": "1"})')
    assert project.live.uid("deployments", "web") == uid
    assert "initErrors" not in project.state()["web"]


def test_an_update_is_judged_by_its_own_pods_not_by_those_of_before(project: Project) -> None:
    project.up('deployment("web")')
    text = project.failed_up(stuck(3))
    assert "0 of 1" in text or "old generation" in text or "Unschedulable" in text
    assert (
        project.live.get("deployments", "web")["status"]["availableReplicas"] == 1
    )  # the old Pod still runs


def test_ctrl_c_during_an_await_records_the_object_and_releases_the_lock(project: Project) -> None:
    project.write(stuck(90))
    process = project.start("up", "--yes", "--skip-preview")
    eventually(lambda: project.live.exists("deployments", "web"))
    began = time.monotonic()
    text = interrupt(process)
    assert process.returncode != 0
    assert time.monotonic() - began < 60  # the await itself would have lasted 90
    assert "cancelled" in text
    assert project.state()["web"]["id"] == f"{project.space}/web"
    assert list((project.folder / "state" / ".pulumi" / "locks").rglob("*.json")) == []
    project.up('deployment("web")')


def test_a_killed_engine_leaves_no_plugin_and_the_next_up_adopts(project: Project) -> None:
    project.write(stuck(90))
    process = project.start("up", "--yes", "--skip-preview")
    eventually(lambda: project.live.exists("deployments", "web"))
    plugins = psutil.Process(process.pid).children(recursive=True)
    assert len(plugins) >= 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(plugins, timeout=LIMIT)
    assert alive == []

    uid = project.live.uid("deployments", "web")
    project.ok("cancel", "--yes", "dev")
    project.up('deployment("web")')
    assert project.live.uid("deployments", "web") == uid


def test_only_what_carries_this_stacks_mark_is_adopted(project: Project) -> None:
    def existing(name: str, mark: str | None) -> None:
        metadata: dict[str, Any] = {"name": name}
        if mark:
            metadata["annotations"] = {"blueocean.io/urn": mark}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"key": "live"}}
        project.live.create("configmaps", manifest)

    ours = project.urn("core/v1:ConfigMap", "a")
    existing("ours", ours)
    existing("unmarked", None)
    existing("foreign", ours.replace("::scratch::", "::nexia::"))

    for name in ("unmarked", "foreign"):
        text = project.failed_up(f'config_map("a", {{"key": "new"}}, live="{name}")')
        assert "AlreadyExists" in text
        assert project.live.get("configmaps", name)["data"] == {"key": "live"}
    assert "project nexia" in text
    # The live value was written by another field manager: adopting is one thing, taking a field over another.
    project.up('config_map("a", {"key": "live", "more": "x"}, live="ours")')
    assert project.live.get("configmaps", "ours")["data"] == {"key": "live", "more": "x"}


def test_previews_work_without_a_cluster_and_updates_say_that_there_is_none(
    project: Project, tmp_path: Path
) -> None:
    cluster = {"server": "https://127.0.0.1:9"}
    config = {
        "contexts": [{"name": "a", "context": {"cluster": "a"}}],
        "clusters": [{"name": "a", "cluster": cluster}],
        "current-context": "a",
    }
    broken = tmp_path / "kubeconfig"
    broken.write_text(json.dumps(config))
    env = {"KUBECONFIG": str(broken)}
    project.write('config_map("a", {"key": "1"})')
    text = project.ok("preview", env=env)
    assert "configured Kubernetes cluster is unreachable" in text
    assert "create" in text
    text = project.failed_up(KUBECONFIG=str(broken))
    assert "configured Kubernetes cluster is unreachable" in text
    project.up()
    assert project.live.exists("configmaps", "a")


def test_a_field_conflict_shows_at_preview(project: Project) -> None:
    project.up('config_map("a", {"key": "1"})')
    project.live.patch("configmaps", "a", {"data": {"key": "theirs"}})
    project.write('config_map("a", {"key": "2"})')
    ran = project.run("preview")
    assert ran.code != 0
    assert "somebody" in ran.text


def test_a_broken_manifest_is_refused_at_preview(project: Project) -> None:
    project.write('config_map("Not_A_Name", {"key": "1"})\nconfig_map("fine", {"key": "1"})')
    ran = project.run("preview")
    assert ran.code != 0
    assert "RFC 1123" in ran.text


def test_a_terminated_engine_ends_its_program_too(project: Project) -> None:
    project.write('import time\nprint("asleep", flush=True)\ntime.sleep(60)')
    process = project.start("preview")
    assert process.stdout is not None
    while "asleep" not in process.stdout.readline():
        pass
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=LIMIT)
    assert alive == []
