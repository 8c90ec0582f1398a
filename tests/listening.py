"""A process of its own that listens on loopback, as a stranger or as one of a sandbox's would."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LISTENING = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.create_server((sys.argv[1], 0), family=family)
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def listening(mark: str = "", address: str = "127.0.0.1") -> Iterator[tuple[int, int]]:
    """Yield pid and port; `mark` is a sandbox's, as its processes carry it."""
    with subprocess.Popen(
        [sys.executable, "-c", LISTENING, address],
        env=os.environ | {"BLUEOCEAN_SANDBOX_PROCESS": mark},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield process.pid, int(process.stdout.readline())
        process.kill()
