"""Run a command and take its wall time and the peak memory of its whole process tree."""

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Sample:
    """Wall time in seconds; the highest sum of resident memory over the tree, in MiB."""

    seconds: float
    peak_mib: float


class CommandFailedError(RuntimeError):
    """The measured command ended with another code than it should: a figure for it would mean nothing."""


def tree_mib(pid: int) -> float:
    """Resident memory of a process and all its descendants, in MiB; 0 when it is gone."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    except psutil.NoSuchProcess:
        return 0.0
    return total / 2**20


def _kill_tree(pid: int) -> None:
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def once(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], limit: float = 1200, code: int = 0
) -> Sample:
    """Run `command` to its end and measure it; `code` is the one that it has to end with.

    Raises CommandFailedError with the end of its output when it ends with another, TimeoutExpired past
    `limit` seconds.
    """
    peak = 0.0
    done = threading.Event()
    begin = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:

        def watch() -> None:
            nonlocal peak
            while not done.wait(SAMPLE_SECONDS):
                peak = max(peak, tree_mib(process.pid))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            output, _ = process.communicate(timeout=limit)
        except BaseException:  # out of time, or told to stop
            _kill_tree(process.pid)
            raise
        finally:
            done.set()
            watcher.join()
    seconds = time.perf_counter() - begin
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
