"""The fork server (ours): programs and plugins start as forks of it, SDKs imported (docs/adr/0102)."""

import os
import socket
import sys

from sandbox.forkserver import client
from sandbox.forkserver.server import packages_state
from sandbox.processes.spec import Context, ProcessSpec, python_environment

NAME = "fork-server"
PORTS: tuple[str, ...] = ()
_TIMEOUT = 2.0  # seconds


def spec(context: Context) -> ProcessSpec:
    """Describe the fork server; healthy when it takes connections, outdated when packages were installed."""
    path = context.layout.fork_server
    command = (sys.executable, "-m", "sandbox.forkserver.server", "--socket", str(path))

    def healthy() -> str | None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_TIMEOUT)
            client.at(os.fspath(path), connection.connect)
        return None

    return ProcessSpec(NAME, 1, command, healthy, python_environment(), salt=str(packages_state()))
