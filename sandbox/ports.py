"""Loopback ports: chosen once, remembered, changed only when somebody else took one meanwhile."""

import contextlib
import random
import socket
from collections.abc import Callable, Collection, Iterable, Mapping

import psutil

# Below the kernel's ephemeral range (32768-60999), so that no outgoing connection takes a remembered port.
_FIRST, _LAST = 20000, 32000


def is_free(port: int) -> bool:
    """Tell whether a server could listen on 127.0.0.1:port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(
    names: Iterable[str],
    remembered: Mapping[str, int],
    ours: Collection[str],
    promised: Collection[int] = (),
    keep: Callable[[socket.socket], object] = socket.socket.close,
) -> dict[str, int]:
    """Give every name a port: the remembered one if it is free or held by us (`ours`), else a new one.

    None of the `promised` ones: those are somebody's fixed ports, who may not listen yet. `keep` is handed
    what keeps a port from every other sandbox that chooses, not from the server that will listen there.
    """
    chosen: dict[str, int] = {}
    for name in names:
        known = remembered.get(name)
        if known in {*chosen.values(), *promised}:
            known = None
        if known is not None and name in ours:
            chosen[name] = known
            continue
        held = None if known is None else _hold(known, alone=False)
        held = held or _fresh({*chosen.values(), *remembered.values(), *promised})
        chosen[name] = held.getsockname()[1]
        keep(held)
    return chosen


def listeners() -> dict[int, set[int]]:
    """Return which processes listen on which port, as far as they can be seen."""
    found: dict[int, set[int]] = {}
    with contextlib.suppress(psutil.AccessDenied):
        for one in psutil.net_connections(kind="tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr and one.pid:
                found.setdefault(one.laddr.port, set()).add(one.pid)
    return found


def holder(port: int) -> str:
    """Name who listens on a port, for an error message: `pid 4711 (python3)`."""
    for pid in sorted(listeners().get(port, ())):
        try:
            return f"pid {pid} ({psutil.Process(pid).name()})"
        except psutil.Error:
            return f"pid {pid}"
    return "a process of another user"


def _fresh(taken: Collection[int]) -> socket.socket:
    generator = random.SystemRandom()
    while True:
        port = generator.randint(_FIRST, _LAST)
        if port not in taken and (held := _hold(port, alone=True)):
            return held


def _hold(port: int, *, alone: bool) -> socket.socket | None:
    """Bind a port without listening; `alone`: only if nobody else has done so. None when it is taken.

    Whoever asks for SO_REUSEADDR, as every server does, may bind it as well and listen.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, not alone)
        held.bind(("127.0.0.1", port))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)  # noqa: FBT003  an option's value
    except OSError:
        held.close()
        return None
    return held
