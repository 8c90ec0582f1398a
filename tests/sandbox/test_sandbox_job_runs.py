"""A Job's container as a process of this machine, and a pod whose start the disk has no room for."""

import errno
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from sandbox.containers import pod, process, volumes
from sandbox.kube import KubeClient, Object
from sandbox.layout import Layout
from tests.e2e.harness import until


def command(folder: Path, shell: str, log: Path) -> process.Command:
    return process.Command(["sh", "-c", shell], {"PATH": "/usr/bin:/bin"}, folder, log, {"planted-pw"})


def runs(pid: int) -> bool:
    """Whether there is such a process, and more of it than its end for whoever reaps it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_a_container_leaves_running_ends_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    began = time.monotonic()
    code = process.run(
        command(tmp_path, "sleep 60 & echo $! planted-pw; exit 3", log), threading.Event(), None
    )
    assert (code, time.monotonic() - began < 30) == (3, True)
    pid, secret = log.read_text().split()
    assert secret == "***"
    assert until(lambda: not runs(int(pid)), 10)  # a killed process ends a moment later


def test_a_container_is_ended_after_its_time_and_when_it_is_no_longer_wanted(tmp_path: Path) -> None:
    cancelled = threading.Event()
    assert process.run(command(tmp_path, "sleep 60", tmp_path / "log"), cancelled, 0.2) == 128 + 15
    cancelled.set()
    assert process.run(command(tmp_path, "sleep 60", tmp_path / "log"), cancelled, None) == 128 + 15


def test_a_log_that_cannot_be_written_holds_no_container_up(tmp_path: Path) -> None:
    log = tmp_path / "not-there" / "log"
    much = "head -c 200000 /dev/zero | tr '\\0' '\\n'"  # more than a pipe holds
    assert process.run(command(tmp_path, f"{much}; exit 4", log), threading.Event(), 60) == 4


class Answers:
    """An API server that takes every report."""

    def __init__(self) -> None:
        self.told: list[Object] = []

    def request(self, _method: str, _path: str, body: Object, _kind: str) -> None:
        self.told.append(body["status"])


def test_a_pod_that_finds_no_room_says_so_and_starts_once_there_is_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, layout = Answers(), Layout(tmp_path / "sandbox")
    layout.create()
    (layout.container_bin / "true").symlink_to("/usr/bin/true")
    real, full = volumes.materialise, [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/there")]

    def materialise(*arguments: Any) -> set[str]:  # noqa: ANN401  whatever they are
        if full:
            raise full.pop()
        return real(*arguments)

    def lookup(_kind: str, _namespace: str, _name: str) -> Mapping[str, str] | None:
        return None

    monkeypatch.setattr(pod, "materialise", materialise)
    monkeypatch.setattr(pod, "_RETRY", 0.01)
    host = pod.Host(layout, cast("KubeClient", answers), lookup, dict)
    pod.PodRun(
        host,
        {
            "metadata": {"name": "p", "namespace": "n", "uid": "u", "ownerReferences": [{"name": "j"}]},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "command": ["true"]}]},
        },
    ).run()
    waits, runs, ends = answers.told
    (container,) = waits["containerStatuses"]
    assert container["state"]["waiting"] == {
        "reason": "CreateContainerError",
        "message": "/there: No space left on device",
    }
    assert (runs["phase"], ends["phase"]) == ("Running", "Succeeded")
