"""The README's entrance as a user takes it: `make up` in a checkout without environment or sandbox.

make, scripts/uv, the sandbox, `blueocean up` and the engine are all real; only the toolchain's builds and
uv's downloads come from their caches, and the catalogue holds one app.
"""

import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.layout import Layout
from tests.commands import Done
from tests.conftest import environment, free_offset, without_automatic_log
from tests.e2e.harness import CHECKOUT, pending, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(1500)]

LIMIT = 600
"""Seconds that any one command may take; a machine may be busy."""
APP = "catalogue/apps/kvibe.yaml"
RELEASE = "releases/dev.yaml"
LIMITS = "policies/limits.yaml"
# dev port, app, component
DOORS = {
    7005: ("kvibe", "frontend"),
    7006: ("kvibe", "backend"),
    7010: ("nexia", "supervisor"),
    7011: ("nexia", "api"),
    7012: ("nexia", "directus"),
    7013: ("nexia", "claude-code"),
    7014: ("nexia", "voice"),
}
NOT_COPIED = (".git", ".venv", ".sandbox", ".hypothesis", "simulated")
# What this run of the tests has set for itself, and a user's shell has not.
_OWN = re.compile(
    r"PULUMI_|PYTEST_|BLUEOCEAN_(?!CACHE)|M(AKE)?FLAGS|MAKE|VIRTUAL_ENV|KUBECONFIG|UV_PROJECT_|UV$"
)


class Entrance:
    """A checkout of one's own: `root`; its sandbox and ports are chosen by the environment, as documented."""

    def __init__(self, root: Path) -> None:
        self.root, self.sandbox, self.offset = root / "checkout", root / "sandbox", free_offset()
        shutil.copytree(CHECKOUT, self.root, ignore=shutil.ignore_patterns(*NOT_COPIED))
        for app in (self.root / "catalogue/apps").glob("*.yaml"):
            if app != self.root / APP:
                app.unlink()
        path = os.environ["PATH"].split(os.pathsep)
        self.env = {name: value for name, value in os.environ.items() if not _OWN.match(name)} | {
            "PATH": os.pathsep.join(one for one in path if not one.startswith(str(CHECKOUT))),
            "BLUEOCEAN_SANDBOX": str(self.sandbox),
            "BLUEOCEAN_PORT_OFFSET": str(self.offset),
        }
        Layout(self.sandbox).create()  # the log has to be kept away before there is an engine
        without_automatic_log(self.sandbox / "pulumi" / "home")
        self.started: list[subprocess.Popen[bytes]] = []
        self.is_up = False

    def start(self, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own, as a shell with job control does."""
        log = self.log(len(self.started))
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=self.root,
                env=env or self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def log(self, number: int) -> Path:
        """Where what a command says is kept: a pipe would be held open by whatever outlives it."""
        return self.root.parent / f"{number}.log"

    def ended(self, process: subprocess.Popen[bytes]) -> Done:
        """Wait for a command; both of its outputs are one."""
        code = process.wait(timeout=LIMIT)
        said = self.log(self.started.index(process)).read_text(encoding="utf-8", errors="replace")
        return Done(process.args, code, said)

    def make_up(self) -> str:
        """Run `make up` to its good end; return what it said."""
        done = self.ended(self.start("make", "up"))
        assert done.returncode == 0, done.stdout
        self.is_up = True
        return done.stdout

    def cut_off(self, number: signal.Signals) -> Done:
        """Run `make up`; signal the whole group once the engine has an object of `dev` in flight."""
        process = self.start("make", "up")
        in_flight = until(lambda: self.pending() or process.poll() is not None, LIMIT, 0.01)
        assert in_flight, "the engine never began"
        assert process.poll() is None, self.ended(process).stdout
        os.killpg(process.pid, number)
        return self.ended(process)

    def checkpoint(self, project: str = "blueocean", stack: str = "dev") -> bytes:
        """The state of a stack as it lies; nothing before the first save."""
        file = self.sandbox / f"pulumi/state/.pulumi/stacks/{project}/{stack}.json"
        return file.read_bytes() if file.exists() else b""

    def pending(self) -> bool:
        """Whether an operation is under way, or was cut off."""
        return bool(pending(self.checkpoint()))

    def locks(self) -> list[Path]:
        """The engine's locks of every stack."""
        return [file for file in self.sandbox.glob("pulumi/state/.pulumi/locks/**/*") if file.is_file()]

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the checkout."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def get(self, url: str) -> dict[str, str]:
        """What answers there says of itself; nothing while nobody answers with 200."""
        request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  to loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  the same
                found: dict[str, str] = json.load(answer)
                return found
        except OSError:
            return {}

    def end(self) -> None:
        """Leave nothing behind: neither commands nor the sandbox."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=LIMIT)
        lifecycle.down(Layout(self.sandbox), lambda _text: None, wipe=True)
        shutil.rmtree(self.root)


def has_members(group: int) -> bool:
    """Whether a process group has any left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    made = Entrance(tmp_path_factory.mktemp("entrance"))
    yield made
    made.end()


@pytest.fixture
def passed(entrance: Entrance) -> Entrance:
    """The same after a good `make up`."""
    if not entrance.is_up:
        entrance.make_up()
    return entrance


def test_make_up_killed_hard_in_its_first_update_goes_on_and_every_printed_url_answers(
    entrance: Entrance,
) -> None:
    assert entrance.cut_off(signal.SIGKILL).returncode == -signal.SIGKILL
    assert entrance.locks()  # the dead engine's
    said = entrance.make_up()
    assert "lock of" in said
    urls = re.findall(r"http://localhost:(\d+)\S*", said.partition("dev is up:")[2])
    assert sorted(int(port) - entrance.offset for port in urls) == sorted(DOORS)
    for port, (app, component) in DOORS.items():
        url = f"http://localhost:{port + entrance.offset}"
        assert re.search(rf"^  {app} +{component} +{url}$", said, re.MULTILINE)
        assert until(functools.partial(entrance.get, url), 60), url
        page = entrance.get(url)
        assert (page["app"], page["component"], page["environment"]) == (app, component, "dev")
    health = f"http://localhost:{7006 + entrance.offset}/api/health"
    assert until(lambda: entrance.get(health), 60)
    assert (entrance.pending(), entrance.locks()) == (False, [])


def test_a_second_make_up_changes_nothing(passed: Entrance) -> None:
    said = passed.make_up()
    assert len(re.findall(r"^ +\d+ unchanged$", said, re.MULTILINE)) == 2
    assert not re.search(r"created|updated|replaced|deleted|\(started", said), said


def test_ctrl_c_in_an_update_releases_the_lock_and_of_three_that_follow_exactly_one_proceeds(
    passed: Entrance,
) -> None:
    passed.edit(RELEASE, "tag: 0.1.0", "tag: 0.9.0")
    done = passed.cut_off(signal.SIGINT)
    assert done.returncode not in {0, -signal.SIGKILL}, done.stdout
    assert "Traceback" not in done.stdout
    assert passed.locks() == []
    assert until(lambda: not has_members(passed.started[-1].pid))  # what was killed ends a moment later
    blueocean, env = str(passed.root / ".venv/bin/blueocean"), environment(passed.sandbox)
    three = [passed.start(blueocean, "up", "dev", env=env) for _ in range(3)]
    ends = [passed.ended(process) for process in three]
    assert sorted(end.returncode for end in ends) == [0, 6, 6], ends
    (winner,) = [process for process, end in zip(three, ends, strict=True) if end.returncode == 0]
    refused = [end.stdout for end in ends if end.returncode == 6]
    sentence = f"up: dev: process {winner.pid} is bringing blueocean's dev up or back at this moment"
    assert all(text.count(sentence) == 1 for text in refused), refused
    assert (passed.pending(), passed.locks()) == (False, [])
    assert until(lambda: passed.get(f"http://localhost:{7006 + passed.offset}").get("version") == "0.9.0", 60)


def test_another_stack_comes_up_only_when_the_rules_accept_its_preview(passed: Entrance) -> None:
    """The README's next step; then with a bound in the rules that the stack does not keep."""
    command, env = (str(passed.root / ".venv/bin/blueocean"), "up", "nexia-prod"), environment(passed.sandbox)
    done = passed.ended(passed.start(*command, env=env))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("✅ blueocean@v0.1.0 (local: ") == 2  # of the preview and of the update
    assert "nexia-prod is up:" in done.stdout
    before = passed.checkpoint("nexia", "prod")
    passed.edit(LIMITS, "{min: 1, max: 4, cpu: 80}", "{min: 1, max: 3, cpu: 80}")
    refused = passed.ended(passed.start(*command, env=env))
    passed.edit(LIMITS, "{min: 1, max: 3, cpu: 80}", "{min: 1, max: 4, cpu: 80}")
    assert refused.returncode == 1, refused.stdout
    assert "maxReplicas is 4, at most 3 is allowed" in refused.stdout
    assert "up: nexia-prod is not up, its message stands above" in refused.stdout
    assert before
    assert passed.checkpoint("nexia", "prod") == before


def test_a_dev_port_that_a_stranger_holds_is_told_before_anything_is_changed(passed: Entrance) -> None:
    before = passed.checkpoint()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        passed.edit(APP, "dev_port: 7006", f"dev_port: {port - passed.offset}")
        done = passed.ended(passed.start("make", "up"))
        passed.edit(APP, f"dev_port: {port - passed.offset}", "dev_port: 7006")
    assert f"sandbox: port {port} (kvibe's backend) is in use by pid {os.getpid()} (" in done.stdout
    assert "Error 6" in done.stdout  # the command's own code, as make tells it
    assert done.returncode == 2
    assert "http://localhost" not in done.stdout
    assert passed.checkpoint() == before
