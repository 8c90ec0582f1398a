"""What everything stands on costs: the sandbox's memory and warm start, and reading the catalogue."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.generate import CHECKOUT
from bench.measure import repeated
from bench.table import Row
from bench.world import World
from catalogue.load import load


def rows(world: World, runs: int) -> Iterator[Row]:
    """Memory of all processes (resident, summed); seconds from `down` to everything healthy."""
    start = repeated(runs, lambda: world.sandbox("up"), lambda: world.sandbox("down"))
    yield Row("sandbox: warm start", start.seconds, limit="below 15 s")
    yield Row("sandbox: memory", peak_mib=_memory(world), limit="below 1536 MiB")
    yield Row("catalogue: load", _load(runs), limit="below 0.1 s")


def _load(runs: int) -> float:
    load()  # the models are made once a process
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        load()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _memory(world: World) -> float:
    command = [str(Path(sys.executable).with_name("sandbox")), "status", "--json"]
    done = subprocess.run(command, cwd=CHECKOUT, env=world.env, capture_output=True, check=True)
    return float(json.loads(done.stdout)["memory"]) / 2**20
