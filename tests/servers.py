"""A sandbox's servers as tests end them."""

import contextlib
import json

import psutil

from tests.conftest import RunningSandbox


def stop(sandbox: RunningSandbox, name: str) -> None:
    """End one server of the sandbox at once, its workers with it; `sandbox up` starts it again."""
    record = json.loads((sandbox.root / "run" / f"{name}.json").read_text())
    server = psutil.Process(record["pid"])
    family = [server, *server.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker may end by itself, its server gone first
            process.kill()
    assert not psutil.wait_procs(family, timeout=10)[1]  # reaps what this process has started itself
