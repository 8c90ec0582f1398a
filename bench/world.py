"""A sandbox of the benchmark's own, and the engine run against it as a user would."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.generate import CHECKOUT
from bench.measure import Sample, once
from sandbox import devports, shell
from sandbox.layout import Layout

PORT_OFFSETS = range(11900, 11990)
"""Beside a sandbox that somebody works with (0), below the ports that sandboxes choose themselves."""


@dataclass(frozen=True)
class World:
    """Where the benchmark's sandbox lives and what a subprocess needs to use it."""

    root: Path
    env: dict[str, str]

    def sandbox(self, *arguments: str) -> Sample:
        """Run the `sandbox` command."""
        return once([str(Path(sys.executable).with_name("sandbox")), *arguments], CHECKOUT, self.env)

    def pulumi(self, folder: Path, *arguments: str, **more: str) -> Sample:
        """Run the engine on the stack dev of the project in `folder`."""
        command = ["pulumi", *arguments, "--stack", "dev", "--non-interactive"]
        return once(command, folder, {**self.env, **more})

    def make_stack(self, folder: Path) -> None:
        """Create the stack dev of a project."""
        once(["pulumi", "stack", "init", "dev", "--non-interactive"], folder, self.env)

    def resources(self, folder: Path) -> list[str]:
        """Types of all resources in the stack's state."""
        done = subprocess.run(
            ["pulumi", "stack", "export", "--stack", "dev", "--non-interactive"],
            cwd=folder,
            env=self.env,
            capture_output=True,
            check=True,
        )
        return [one["type"] for one in json.loads(done.stdout)["deployment"].get("resources", [])]

    def project(self, name: str) -> Path:
        """A folder below the benchmark's own, for a project."""
        folder = self.root / name
        folder.mkdir()
        return folder


@contextmanager
def world() -> Iterator[World]:
    """Bring a sandbox up in a temporary folder; it is gone afterwards, whatever happens."""
    root = Path(tempfile.mkdtemp(prefix="blueocean-bench-"))
    layout = Layout(root / "sandbox")
    base = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("PULUMI_")
    }
    offset = next(one for one in PORT_OFFSETS if not devports.taken(one))
    base |= {"BLUEOCEAN_SANDBOX": str(layout.root), "BLUEOCEAN_PORT_OFFSET": str(offset)}
    made = World(root, base)
    try:
        made.sandbox("up")
        exports = shell.environment(layout)
        path = f"{layout.bin}{os.pathsep}{base['PATH']}"
        yield World(root, {**base, **exports, "PATH": path})
    finally:
        made.sandbox("down", "--wipe", "--yes")
        shutil.rmtree(root, ignore_errors=True)
