"""Who answers where a stack's URLs on this machine point to, in a shell that uses the sandbox."""

import os
from collections.abc import Mapping

import psutil

from delivery.recovery.exits import Exit, RecoveryError
from delivery.world.machine import sockets

_MARK = "BLUEOCEAN_SANDBOX_PROCESS"
"""Every process of a sandbox carries it in its environment: the sandbox's folder, `#`, its own name."""
_LOCALHOST = {"127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104  compared with, not bound to


def refuse_strangers(ports: Mapping[int, str]) -> None:
    """Raise RecoveryError (code 7) when anyone but the sandbox's app servers listens on one of the ports.

    `ports` are those of localhost with what should answer there. A shell that uses no sandbox has nothing to
    compare with; a port on which nobody listens misleads nobody.
    """
    root = os.environ.get("BLUEOCEAN_SANDBOX")
    if not ports or not root:
        return
    found = [
        f"port {port} ({ports[port]}) is held by {_name(pid)}"
        for port, pid in _listeners()
        if port in ports and not _is_ours(pid, f"{root}#apps")
    ]
    if found:
        raise RecoveryError(
            f"its objects are up, but {'; '.join(sorted(set(found)))} and not by the sandbox: end that "
            "process or give the component another dev_port, then run this again.",
            Exit.PORT_TAKEN,
        )


def _listeners() -> list[tuple[int, int | None]]:
    """Ports of localhost with who listens, None where that is not to be seen; nothing on a closed system."""
    try:
        return [(port, pid) for address, port, pid in sockets() if address in _LOCALHOST]
    except (psutil.Error, OSError):
        return []


def _is_ours(pid: int | None, mark: str) -> bool:
    try:
        return pid is not None and psutil.Process(pid).environ().get(_MARK) == mark
    except (psutil.Error, OSError):
        return False


def _name(pid: int | None) -> str:
    try:
        return f"pid {pid} ({psutil.Process(pid).name()})" if pid is not None else "a process of another user"
    except psutil.Error:
        return f"pid {pid}"
