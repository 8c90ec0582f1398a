"""A sandbox of the benchmark's own, and the engine run against it as a user would."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

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

    def pulumi(
        self,
        folder: Path,
        *arguments: str,
        stack: str = "dev",
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Sample:
        """Run the engine on a stack of the project in `folder`; `more` goes into its environment."""
        command = ["pulumi", *arguments, "--stack", stack, "--non-interactive"]
        return once(command, folder, {**self.env, **more})

    def make_stack(self, folder: Path, stack: str = "dev") -> None:
        """Create a stack of a project, unless an earlier part did."""
        once(["pulumi", "stack", "select", "--create", stack, "--non-interactive"], folder, self.env)

    @staticmethod
    def say(text: str) -> None:
        """Tell how far it is: a run that is cut off has at least said what it found."""
        print(f"  {text}", file=sys.stderr, flush=True)

    def state(self, folder: Path, stack: str = "dev") -> list[dict[str, Any]]:
        """All resources in a stack's state, secrets shown."""
        done = subprocess.run(
            ["pulumi", "stack", "export", "--show-secrets", "--stack", stack, "--non-interactive"],
            cwd=folder,
            env=self.env,
            capture_output=True,
            check=True,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["deployment"].get("resources", [])
        return found

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
