"""Run a command and take its wall time and the peak memory of its whole process tree.

In the sandbox, programs and plugins are forks of its fork server (docs/adr/0102): they belong to the tree.
"""

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox import identity
from sandbox.layout import Layout
from sandbox.processes import fork_server

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Sample:
    """Wall time in seconds; the highest sum of memory over the tree, in MiB, shared pages by their share."""

    seconds: float
    peak_mib: float


class CommandFailedError(RuntimeError):
    """The measured command ended with another code than it should: a figure for it would mean nothing."""


def tree_mib(pid: int, lender: int | None = None) -> float:
    """Memory of a process, its descendants and all forks of a server, in MiB; 0 when it is gone."""
    total = 0
    for process in _family(pid) + (_family(lender)[1:] if lender else []):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 2**20


def _family(pid: int) -> list[psutil.Process]:
    """The process first, then its descendants; nobody when it is gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _fork_server(env: Mapping[str, str]) -> int | None:
    """The server that lends processes to commands in this environment; None outside a sandbox."""
    if not (root := env.get("BLUEOCEAN_SANDBOX")):
        return None
    record = identity.read(Layout(Path(root)).run / f"{fork_server.NAME}.json")
    return record.pid if record and identity.alive(record) else None


def _kill_tree(pid: int) -> None:
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def once(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], limit: float = 1200, code: int = 0
) -> Sample:
    """Run `command` to its end and measure it; `code` is the one that it has to end with.

    Raises CommandFailedError with the end of its output when it ends with another, TimeoutExpired past
    `limit` seconds.
    """
    peak, lender = 0.0, _fork_server(env)
    done = threading.Event()
    begin = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:

        def watch() -> None:
            nonlocal peak
            while not done.wait(SAMPLE_SECONDS):
                peak = max(peak, tree_mib(process.pid, lender))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            output, _ = process.communicate(timeout=limit)
            seconds = time.perf_counter() - begin  # before the last reading of the memory ends
        except BaseException:  # out of time, or told to stop
            _kill_tree(process.pid)
            raise
        finally:
            done.set()
            watcher.join()
    if process.returncode != code:
        raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-2000:]}")
    return Sample(seconds, peak)


def median(samples: Sequence[Sample]) -> Sample:
    """The median time and the median peak, each on its own."""
    return Sample(
        statistics.median(s.seconds for s in samples), statistics.median(s.peak_mib for s in samples)
    )


def repeated(runs: int, run: Callable[[], Sample], before: Callable[[], object] | None = None) -> Sample:
    """The median over `runs` runs; `before` brings the world back to the start and is not measured."""
    samples = []
    for _ in range(runs):
        if before:
            before()
        samples.append(run())
    return median(samples)


def in_turns(runs: int, *asked: Callable[[], Sample]) -> list[Sample]:
    """The medians of each over `runs` rounds in which all have their turn.

    For what is compared: a machine's speed moves by more than most differences, and so it moves for all.
    """
    rounds = [[run() for run in asked] for _ in range(runs)]
    return [median(samples) for samples in zip(*rounds, strict=True)]
