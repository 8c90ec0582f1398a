"""What everything stands on costs: the sandbox with the dev stacks in it, and reading the catalogue."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from bench.generate import CHECKOUT
from bench.measure import CommandFailedError, Sample, median
from bench.table import Limit, Row
from bench.world import World
from catalogue.ingress import INGRESS
from catalogue.load import load
from sandbox import devports

FOLDERS = (CHECKOUT, CHECKOUT / "nexia")
"""Of the projects whose stacks `dev` are up: 15 components, each behind its port."""
PORTS = 15
PATIENCE = 300  # seconds
WARM, MEMORY, CATALOGUE = (
    Limit("seconds", 15, strict=True),
    Limit("peak_mib", 1536, strict=True),
    Limit("seconds", 0.1, strict=True),
)


def rows(world: World, runs: int) -> Iterator[Row]:
    """With dev and NEXIA's dev up: seconds from `down` to 15 answers; memory of all processes, the highest.

    The memory is resident and summed, read before the first `down` and after each start.
    """
    for folder in FOLDERS:
        world.make_stack(folder)
        world.pulumi(folder, "up", "--yes", "--skip-preview", "--suppress-outputs")
    ports = dev_ports(int(world.env["BLUEOCEAN_PORT_OFFSET"]))
    answered(ports)
    memory, starts = [_memory(world)], []
    for _ in range(runs):
        world.sandbox("down")
        starts.append(_start(world, ports))
        memory.append(_memory(world))
    title = f"sandbox: warm start, to {len(ports)} answering ports"
    yield Row(title, median(starts).seconds, limit=WARM)
    yield Row(f"sandbox: memory with {len(ports)} pods", peak_mib=max(memory), limit=MEMORY)
    yield Row("catalogue: load", _load(runs), limit=CATALOGUE)
    for folder in FOLDERS:  # the next part wants the ports and the names
        world.pulumi(folder, "destroy", "--yes", "--skip-preview")


def dev_ports(offset: int) -> list[int]:
    """The ports on which the components of dev answer. Raises CommandFailedError when they are not 15."""
    found = sorted(port for port in devports.fixed_ports(offset) if port != INGRESS + offset)
    if len(found) != PORTS:
        raise CommandFailedError(f"the catalogue has {len(found)} dev ports; the promise is about {PORTS}")
    return found


def answered(ports: list[int], patience: float = PATIENCE) -> None:
    """Return when every port has answered 200. Raises CommandFailedError naming those that don't in time."""
    end, silent = time.monotonic() + patience, list(ports)
    while silent := [port for port in silent if not _answers(port)]:
        if time.monotonic() > end:
            raise CommandFailedError(f"no answer on {', '.join(map(str, silent))} within {patience:g} s")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return int(answer.status) == 200  # noqa: PLR2004 - OK
    except OSError:
        return False


def _start(world: World, ports: list[int]) -> Sample:
    begin = time.perf_counter()
    peak = world.sandbox("up").peak_mib
    answered(ports)
    return Sample(time.perf_counter() - begin, peak)


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
