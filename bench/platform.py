"""What the sandbox itself costs: memory when everything is up, and a warm start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.generate import CHECKOUT
from bench.measure import repeated
from bench.table import Row
from bench.world import World


def rows(world: World, runs: int) -> Iterator[Row]:
    """Memory of all processes (resident, summed); seconds from `down` to everything healthy."""
    start = repeated(runs, lambda: world.sandbox("up"), lambda: world.sandbox("down"))
    yield Row("sandbox: warm start", start.seconds, limit="below 15 s")
    yield Row("sandbox: memory", peak_mib=_memory(world), limit="below 1536 MiB")


def _memory(world: World) -> float:
    command = [str(Path(sys.executable).with_name("sandbox")), "status", "--json"]
    done = subprocess.run(command, cwd=CHECKOUT, env=world.env, capture_output=True, check=True)
    return float(json.loads(done.stdout)["memory"]) / 2**20
