"""Sandboxes of the tests' own: each in a temporary folder, on free ports, gone at the end."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
import functools
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from sandbox import devports, lifecycle, shell
from sandbox.layout import Layout
from sandbox.processes.spec import Context
from sandbox.processes.table import CONTROL_PLANE
from tests.cluster import Cluster

TOGETHER = (
    "test_delivery_audit_openreports",
    "test_plugins_engine_failures",
    "test_plugins_engine_host",
    "test_plugins_engine_lifecycle",
    "test_plugins_engine_secrets",
    "test_plugins_live_awaits",
    "test_plugins_live_objects",
    "test_policies_admission",
    "test_policies_break_glass",
    "test_policies_live",
    "test_policies_live_promotion",
    "test_policies_preview",
    "test_prod_gate",
)
"""The files that need `control_plane`: one worker runs them all, so that there is one in the whole run."""

# The longest first, so that no worker is left alone with one of them at the end.
LONGEST = (
    *TOGETHER,
    "test_e2e_kills",
    "test_prod_apps",
    "test_e2e_make_up",
    "test_staging_turns",
    "test_e2e_bad_input",
    "test_e2e_secrets",
    "test_sandbox_recovery",
)


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start, even when the whole run was started in the background.

    A shell without job control starts those with SIGINT ignored, and every child inherits that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Scheduler(LoadFileScheduling):
    """A file to a worker, as `--dist loadfile` has it; those of `TOGETHER` count as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "control_plane" if Path(file).stem in TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduler | None:
    return Scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


def _names_sandboxes(file: Path) -> bool:
    return "pytest.mark.sandbox" in file.read_text(encoding="utf-8")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files without a test that is asked for: `-m sandbox` wants a quarter of them."""
    wanted = config.option.markexpr != "sandbox" or not collection_path.name.startswith("test_")
    return None if wanted or _names_sandboxes(collection_path) else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = {item.path for item in items if item.get_closest_marker("sandbox")}
    if hidden := [file.name for file in marked if not _names_sandboxes(file)]:
        raise pytest.UsageError(f"write pytest.mark.sandbox in the files of its tests: {sorted(hidden)}")
    apart = {item.path.stem for item in items if "control_plane" in getattr(item, "fixturenames", ())}
    if apart := apart.difference(TOGETHER):
        raise pytest.UsageError(f"they need control_plane, so name them in TOGETHER: {sorted(apart)}")
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that is up: `env` is what a subprocess needs to use it, PATH included."""

    root: Path
    kubeconfig: Path
    env: dict[str, str]
    context: Context

    @functools.cached_property
    def cluster(self) -> Cluster:
        return Cluster(self.context.kube())

    @property
    def port_offset(self) -> int:
        return self.context.settings.port_offset

    def delete_namespaces(self, *names: str, seconds: int = 120) -> None:
        """Delete them and wait until they are gone: nothing can be made in one that goes; audits see it."""
        command = ["kubectl", "delete", "namespace", *names, "--wait=true", f"--timeout={seconds}s"]
        subprocess.run(command, env=self.env, check=True, timeout=seconds + 30, capture_output=True)


@functools.cache
def offsets() -> tuple[int, ...]:
    """This worker's offsets, below the ports that sandboxes choose; no two move one fixed port onto another.

    A sandbox opens its dev ports long after it has chosen its offset: until then nothing else keeps two
    workers apart.
    """
    ports = devports.fixed_ports(0)
    apart = {one - other for one in ports for other in ports}
    chosen: list[int] = []
    for offset in range(10000, 11900):
        if apart.isdisjoint(offset - other for other in chosen):
            chosen.append(offset)
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return tuple(chosen[number :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))])


def free_offset() -> int:
    """An offset that moves every fixed port to a free one."""
    generator = random.SystemRandom()
    while devports.taken(offset := generator.choice(offsets())):
        continue
    return offset


def environment(root: Path) -> dict[str, str]:
    layout = Layout(root)
    # Bytecode stays on: without it the program and every plugin start two to three times slower.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith(("PULUMI_", "PYTEST_"))
    }
    path = f"{layout.bin}{os.pathsep}{inherited['PATH']}"
    # The engine lives for seconds, and a tenth of its CPU is looking for garbage.
    return {**inherited, **shell.environment(layout), "PATH": path, "GOGC": "400"}


FINAL_STATE_ONLY = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""For tests in which every engine ends by itself: it writes its state at the end, not after every step.

Those writes are three quarters of an engine's CPU when it makes a whole stack. What is killed, interrupted or
runs into a full disk goes without this.
"""


def without_automatic_log(home: Path) -> None:
    """Put a file where the engine would make the folder of its automatic, encrypted log.

    It goes without then. The log takes two fifths of the engine's CPU, and no setting turns it off.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "logs").touch()


@contextmanager
def running(root: Path, only: tuple[str, ...] | None = None) -> Iterator[RunningSandbox]:
    layout = Layout(root)
    try:
        context = lifecycle.up(layout, free_offset(), lambda _text: None, only=only)
        env = environment(root)
        without_automatic_log(Path(env["PULUMI_HOME"]))
        yield RunningSandbox(root, layout.kubeconfig, env, context)
    finally:
        lifecycle.down(layout, lambda _text: None, wipe=True)


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """etcd, API server, controllers, scheduler, kwok; no data services, no Job runner, no app servers."""
    with running(tmp_path_factory.mktemp("control-plane") / "sandbox", CONTROL_PLANE) as found:
        yield found


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Everything that `sandbox up` starts."""
    with running(tmp_path_factory.mktemp("sandbox") / "sandbox") as found:
        yield found
