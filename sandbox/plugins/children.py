"""The processes that the language host starts: run, stream, and none left behind."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from typing import IO

PATIENCE = 3  # seconds between the request to end and the end


class Children:
    """Every running child, each in a process group of its own, so that ending one ends what it started."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def run(self, command: list[str], *, cwd: str, env: dict[str, str]) -> int:
        """Run to the end with our own stdout and stderr, which the engine shows; gives the exit code."""
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, start_new_session=True
        )
        return self._wait(process)

    def start(self, command: list[str], *, cwd: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start with stdout and stderr as pipes, to be read by `output`."""
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        with self._lock:
            self._running.add(process)
        return process

    def output(self, process: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
        """What the child writes, as it comes, each chunk with the name of its stream, until both close."""
        chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        pipes = {"stdout": process.stdout, "stderr": process.stderr}
        for name, pipe in pipes.items():
            threading.Thread(target=_pump, args=(name, pipe, chunks), daemon=True).start()
        open_streams = len(pipes)
        while open_streams:
            name, chunk = chunks.get()
            if chunk:
                yield name, chunk
            else:
                open_streams -= 1
        self._wait(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End one child: asked first, then forced."""
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def end_all(self) -> None:
        """End every child."""
        with self._lock:
            running = list(self._running)
        for process in running:
            self.end(process)

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        with self._lock:
            self._running.add(process)
        try:
            return process.wait()
        finally:
            with self._lock:
                self._running.discard(process)


def _pump(name: str, pipe: IO[bytes] | None, chunks: "queue.SimpleQueue[tuple[str, bytes]]") -> None:
    while pipe is not None and (chunk := os.read(pipe.fileno(), 65536)):
        chunks.put((name, chunk))
    chunks.put((name, b""))
