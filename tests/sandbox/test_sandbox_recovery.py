"""A real sandbox that is hurt in every way it should survive."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox import identity, ports
from sandbox.commands.status import conditions, verdict
from sandbox.errors import Exit
from sandbox.layout import CHECKOUT, Layout
from sandbox.processes.table import PORT_OWNERS
from sandbox.settings import Settings, settings_path
from tests.conftest import RunningSandbox, environment, free_offset, running
from tests.e2e.harness import until

pytestmark = pytest.mark.sandbox
PROCESSES = ("fork-server", *dict.fromkeys(PORT_OWNERS.values()))


@pytest.fixture(scope="module")
def hurt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running(tmp_path_factory.mktemp("hurt") / "sandbox") as found:
        yield found


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=CHECKOUT,
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(root: Path, *arguments: str) -> tuple[int, str]:
    process = start(root, *arguments)
    out, err = process.communicate(timeout=150)
    return process.returncode, out + err


def pid_of(root: Path, name: str) -> int:
    record = identity.read(Layout(root).run / f"{name}.json")
    assert record
    return record.pid


def kill(root: Path, name: str) -> int:
    pid = pid_of(root, name)
    os.kill(pid, signal.SIGKILL)
    while identity.start_ticks(pid) is not None:
        time.sleep(0.01)
    return pid


def state(root: Path) -> dict[str, dict[str, object]]:
    _, text = command(root, "status", "--json")
    return {process["name"]: process for process in json.loads(text)["processes"]}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_without_its_record_is_still_found(hurt: RunningSandbox, name: str) -> None:
    pid = pid_of(hurt.root, name)
    assert pid in {process.pid for process in identity.strays(hurt.root, name)}


@pytest.mark.parametrize("name", PROCESSES)
def test_up_brings_back_whatever_was_killed_and_touches_nothing_else(hurt: RunningSandbox, name: str) -> None:
    before = {other: pid_of(hurt.root, other) for other in PROCESSES}
    killed = kill(hurt.root, name)
    assert verdict(conditions(hurt.context)) == Exit.DEGRADED
    code, text = command(hurt.root, "up")
    assert code == 0, text
    after = {other: pid_of(hurt.root, other) for other in PROCESSES}
    assert after.pop(name) != killed
    # A process may end itself when the API server goes; it must be there again, not necessarily the same.
    if name not in {"etcd", "kube-apiserver"}:
        assert after == {other: pid for other, pid in before.items() if other != name}
    assert verdict(conditions(hurt.context)) == Exit.OK


def test_everything_killed_at_once_comes_back_with_its_data(hurt: RunningSandbox) -> None:
    kubectl = ["kubectl", "create", "configmap", "kept"]
    subprocess.run(kubectl, env=hurt.env, check=True, capture_output=True)
    for name in PROCESSES:
        kill(hurt.root, name)
    assert command(hurt.root, "status")[0] == Exit.DOWN
    code, text = command(hurt.root, "up")
    assert code == 0, text
    subprocess.run(["kubectl", "get", "configmap", "kept"], env=hurt.env, check=True, capture_output=True)


def test_what_the_callers_environment_says_of_go_is_not_for_the_servers(hurt: RunningSandbox) -> None:
    """They were started by a command in the tests' environment, which sets GOGC for the engine's sake."""
    assert hurt.env["GOGC"] == "400"
    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"):
        found = psutil.Process(pid_of(hurt.root, name)).environ()
        chosen = "75" if name == "kube-apiserver" else "100"
        assert (found["GOMAXPROCS"], found["GOGC"]) == ("1", chosen), name


def test_a_hanging_process_is_replaced(hurt: RunningSandbox) -> None:
    pid = pid_of(hurt.root, "valkey")
    os.kill(pid, signal.SIGSTOP)
    code, text = command(hurt.root, "up")
    assert code == 0, text
    assert pid_of(hurt.root, "valkey") != pid


def test_up_killed_in_the_middle_leaves_work_for_the_next_one_only(hurt: RunningSandbox) -> None:
    assert command(hurt.root, "down")[0] == 0
    process = start(hurt.root, "up")
    deadline = time.monotonic() + 60
    while not (hurt.root / "run" / "etcd.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    code, text = command(hurt.root, "up")
    assert code == 0, text
    # Of etcd alone: Postgres has workers that are gone before one has asked for their parents.
    etcds = [one for one in identity.strays(hurt.root, "etcd") if one.ppid() != os.getpid()]
    assert [one.pid for one in etcds] == [pid_of(hurt.root, "etcd")]


def test_two_ups_at_once_both_succeed_and_one_says_that_it_waits(hurt: RunningSandbox) -> None:
    for name in ("kwok", "apps"):
        kill(hurt.root, name)
    first = start(hurt.root, "up")
    assert until(lambda: (hurt.root / "lock").read_text() == str(first.pid), 60, 0.01)
    first.send_signal(signal.SIGSTOP)  # so that it is not through before the other one has begun
    second = start(hurt.root, "up")
    assert second.stderr
    said = second.stderr.readline()
    first.send_signal(signal.SIGCONT)
    texts = ["".join(process.communicate(timeout=150)) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), texts
    assert f"waiting for process {first.pid}," in said
    assert not any("waiting for process" in text for text in texts)
    assert ["(started" in text for text in texts] == [True, False]


def test_a_port_taken_while_down_is_chosen_anew_and_the_kubeconfig_follows(hurt: RunningSandbox) -> None:
    assert command(hurt.root, "down")[0] == 0
    taken = hurt.context.port("kube-apiserver")
    with socket.create_server(("127.0.0.1", taken)):
        code, text = command(hurt.root, "up")
        assert code == 0, text
        server = json.loads(hurt.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        assert not server.endswith(f":{taken}")
        subprocess.run(["kubectl", "get", "nodes"], env=hurt.env, check=True, capture_output=True)


def test_a_taken_dev_port_is_named_with_its_holder(hurt: RunningSandbox) -> None:
    assert command(hurt.root, "down")[0] == 0
    port = 7020 + hurt.port_offset
    with socket.create_server(("127.0.0.1", port)):
        code, text = command(hurt.root, "up")
        assert code == Exit.PORT
        assert f"port {port} (nextstep's api) is in use by pid {os.getpid()}" in text
        assert "Traceback" not in text
        assert command(hurt.root, "doctor")[0] == Exit.PREREQUISITE
    assert command(hurt.root, "up")[0] == 0
    assert command(hurt.root, "doctor")[0] == 0


def test_an_offset_that_is_refused_is_not_remembered(hurt: RunningSandbox) -> None:
    before = hurt.context.settings.port_offset
    offset = free_offset()
    with socket.create_server(("127.0.0.1", 7020 + offset)):
        assert command(hurt.root, "up", "--port-offset", str(offset))[0] == Exit.PORT
    assert Settings.load(settings_path(Layout(hurt.root))).port_offset == before


def test_the_whole_is_small(hurt: RunningSandbox) -> None:
    _, text = command(hurt.root, "status", "--json")
    assert json.loads(text)["memory"] < 1.5e9


def test_down_leaves_no_process_no_port_and_with_wipe_no_file(tmp_path: Path) -> None:
    root = tmp_path / "sandbox"
    code, text = command(root, "up", "--port-offset", str(free_offset()))
    assert code == 0, text
    used = json.loads((root / "settings.json").read_text())["ports"].values()
    assert command(root, "down")[0] == 0
    assert identity.strays(root) == []
    assert [port for port in used if not ports.is_free(port)] == []
    assert (root / "data").is_dir()
    assert command(root, "down")[1].endswith("nothing was running\n")
    assert command(root, "down", "--wipe", "--yes")[0] == 0
    assert not root.exists()
