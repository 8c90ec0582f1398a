"""The command on real files and processes; no engine, no cluster."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from delivery.cli import build
from delivery.world import machine

STATE = {"version": 3, "checkpoint": {"stack": "organization/demo/dev", "latest": {"resources": []}}}
HEALTHY = json.dumps(STATE)


class Stack:
    """A project with one stack in a file backend of its own."""

    def __init__(self, root: Path) -> None:
        self.project = root / "project"
        self.project.mkdir()
        (self.project / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
        self.base = root / "state" / ".pulumi"
        self.checkpoint = self.put("stacks/demo/dev.json", HEALTHY)
        self.url = f"file://{root / 'state'}?metadata=skip"

    def put(self, path: str, text: str) -> Path:
        file = self.base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def lock(self, pid: int, host: str = "", when: datetime | None = None) -> Path:
        content = {
            "pid": pid,
            "username": "ada",
            "hostname": host or socket.gethostname(),
            "timestamp": (when or datetime.now(UTC)).isoformat(),
        }
        return self.put(f"locks/organization/demo/dev/{pid}.json", json.dumps(content))

    def recover(self, *options: str, stack: str = "dev", answer: str = "") -> tuple[int, str]:
        arguments = ["recover", stack, "--project", str(self.project), *options]
        result = CliRunner().invoke(build(), arguments, input=answer)
        return result.exit_code, result.output

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.base.rglob("*") if path.is_file()}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    made = Stack(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", made.url)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that the kernel calls `pulumi`, as an engine's is called."""
    program = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([str(program), "60"]) as process:
        yield process
        process.kill()


@pytest.fixture
def orphan(stack: Stack) -> Iterator[psutil.Process]:
    """A plugin whose starter is gone and at whose engine's address nobody listens."""
    bound = socket.socket()  # and not listening: nobody else can take the port meanwhile
    bound.bind(("127.0.0.1", 0))
    port = bound.getsockname()[1]
    plugin = stack.project / "pulumi-resource-demo"
    plugin.write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, str(plugin), f"127.0.0.1:{port}"]
    starter = f"""
import subprocess
nowhere = subprocess.DEVNULL
plugin = subprocess.Popen({command!r}, stdin=nowhere, stdout=nowhere, stderr=nowhere)
print(plugin.pid)
plugin.returncode = 0
"""
    done = subprocess.run([sys.executable, "-c", starter], capture_output=True, text=True, check=True)
    process = psutil.Process(int(done.stdout))
    while "pulumi-resource-demo" not in " ".join(process.cmdline()):
        time.sleep(0.01)
    yield process
    machine.end(process.pid, process.create_time())
    bound.close()


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_healthy_stack_is_left_as_it_is(stack: Stack) -> None:
    before = stack.files()
    code, output = stack.recover()
    assert (code, stack.files()) == (0, before)
    assert "nothing stands in the way" in output


def test_a_dead_lock_is_removed(stack: Stack) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = stack.lock(gone.pid)
    code, output = stack.recover()
    assert code == 0
    assert not lock.exists()
    assert f"pid {gone.pid}" in output


def test_a_living_lock_stops_everything(stack: Stack, engine: subprocess.Popen[bytes]) -> None:
    lock = stack.lock(engine.pid)
    stack.put("stacks/demo/dev.json.attrs", "")
    before = stack.files()
    code, output = stack.recover("--yes", "--delete-orphans")
    assert (code, stack.files()) == (6, before)
    assert lock.exists()
    assert f"an update is running: lock of ada@{socket.gethostname()}, pid {engine.pid}" in output
    assert engine.poll() is None


def test_a_lock_older_than_the_process_with_its_pid_is_dead(
    stack: Stack, engine: subprocess.Popen[bytes]
) -> None:
    lock = stack.lock(engine.pid, when=datetime.now(UTC) - timedelta(hours=1))
    code, _ = stack.recover()
    assert (code, lock.exists(), engine.poll()) == (0, False, None)


def test_another_hosts_lock_needs_a_decision(stack: Stack) -> None:
    lock = stack.lock(1, host="elsewhere")
    code, output = stack.recover()
    assert (code, lock.exists()) == (3, True)
    assert "needs a decision" in output
    code, _ = stack.recover("--yes")
    assert (code, lock.exists()) == (0, False)


def test_an_empty_metadata_file_is_removed_and_a_full_one_stays(stack: Stack) -> None:
    empty = stack.put("stacks/demo/dev.json.attrs", "")
    full = stack.put("backups/demo/dev/dev.1.json.attrs", "{}")
    code, _ = stack.recover()
    assert (code, empty.exists(), full.exists()) == (0, False, True)


@pytest.mark.parametrize("damage", ["", HEALTHY[:-5], "\0" * 100], ids=["empty", "cut off", "zeros"])
def test_a_damaged_checkpoint_is_restored_only_after_asking(stack: Stack, damage: str) -> None:
    stack.checkpoint.write_text(damage)
    stack.put("stacks/demo/dev.json.bak", HEALTHY)
    code, output = stack.recover()
    assert (code, stack.checkpoint.read_text()) == (3, damage)
    assert "dev.json.bak" in output
    code, output = stack.recover("--yes")
    assert (code, stack.checkpoint.read_text()) == (0, HEALTHY)
    (aside,) = stack.checkpoint.parent.glob("dev.json.unreadable-*")
    assert aside.read_text() == damage


def test_the_newest_copy_that_can_be_read_is_taken(stack: Stack) -> None:
    newer = HEALTHY.replace("[]", '[{"urn": "u", "type": "t"}]')
    stack.checkpoint.write_text("")
    stack.put("stacks/demo/dev.json.bak", "")
    old = stack.put("backups/demo/dev/dev.1.json", HEALTHY)
    stack.put("history/demo/dev/dev-2.checkpoint.json", newer)
    os.utime(old, (1, 1))
    assert stack.recover("--yes")[0] == 0
    assert stack.checkpoint.read_text() == newer


def test_without_any_copy_nothing_is_overwritten(stack: Stack) -> None:
    stack.checkpoint.write_text("")
    code, output = stack.recover("--yes")
    assert (code, stack.checkpoint.read_text()) == (3, "")
    assert "backup of your own" in output


def test_an_orphaned_plugin_is_ended(stack: Stack, orphan: psutil.Process) -> None:
    code, output = stack.recover()
    assert code == 0
    assert f"pulumi-resource-demo (pid {orphan.pid})" in output
    assert not alive(orphan)


def test_a_plugin_of_another_backend_lives_on(
    stack: Stack, orphan: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", "/elsewhere")
    assert stack.recover("--yes")[0] == 0
    assert alive(orphan)


def test_a_dry_run_changes_nothing(stack: Stack, orphan: psutil.Process) -> None:
    stack.lock(1, host="elsewhere")
    stack.put("stacks/demo/dev.json.attrs", "")
    before = stack.files()
    code, output = stack.recover("--dry-run", "--yes")
    assert (code, stack.files()) == (3, before)
    assert output.count("(dry run)") == 3
    assert output.endswith("this was a dry run: nothing was changed.\n")
    assert alive(orphan)


def test_pending_operations_need_the_cluster(stack: Stack) -> None:
    secret = {"urn": "u::s", "type": "kubernetes:core/v1:Secret", "inputs": {"metadata": {"name": "s"}}}
    latest = {"resources": [], "pending_operations": [{"type": "creating", "resource": secret}]}
    stack.checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    code, output = stack.recover("--yes")
    assert code == 3
    assert "a cluster that does not answer" in output


def test_a_cluster_that_does_not_answer_is_told(stack: Stack) -> None:
    code, output = stack.recover()
    assert code == 0
    assert "the cluster does not answer: objects that the state does not know were not looked for." in output


def test_an_unknown_stack_is_named(stack: Stack) -> None:
    code, output = stack.recover(stack="other")
    assert code == 4
    assert "stack other of project demo is not in this backend" in output


def test_a_folder_without_a_project_is_named(stack: Stack) -> None:
    (stack.project / "Pulumi.yaml").unlink()
    assert stack.recover()[0] == 4


def test_a_missing_backend_is_named_with_its_cure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{stack.project}")
    code, output = stack.recover()
    assert code == 5
    assert "sandbox env" in output


def test_another_backend_is_told_apart(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    monkeypatch.setenv("PATH", "/nowhere")
    code, output = stack.recover()
    assert code == 1
    assert "a s3 backend keeps its locks" in output
    assert "no pulumi on PATH" in output


def test_a_recovery_after_a_recovery_has_nothing_to_do(stack: Stack) -> None:
    stack.lock(1, host="elsewhere")
    stack.checkpoint.write_text("")
    stack.put("stacks/demo/dev.json.bak", HEALTHY)
    assert stack.recover("--yes")[0] == 0
    code, output = stack.recover()
    assert (code, "found" in output) == (0, False)


def test_a_pid_that_was_given_to_another_process_is_left_alone(orphan: psutil.Process) -> None:
    assert machine.end(orphan.pid, orphan.create_time() - 10)
    assert alive(orphan)
