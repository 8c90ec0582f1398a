"""What the app servers say of ports that they cannot have."""

import socket
from typing import Any

import pytest

from catalogue.ingress import INGRESS
from sandbox.containers import frontdoor
from sandbox.containers.frontdoor import FrontDoor
from sandbox.containers.view import DEV_PORT
from sandbox.processes.table import PORT_OWNERS
from sandbox.settings import Settings


def test_a_strangers_port_is_told_also_while_it_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """To find the stranger takes a while: nobody who asks in it may hear that all is well."""
    unused: Any = None
    door = FrontDoor(unused, Settings(ports=dict.fromkeys(PORT_OWNERS, 1)))
    door._listeners[INGRESS] = ("", ""), unused
    for store in door.stores:
        store.synced.set()
    meanwhile: list[str | None] = []

    def holder(_port: int) -> str:
        meanwhile.append(door.trouble())
        return "pid 4711 (stranger)"

    monkeypatch.setattr(frontdoor, "holder", holder)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        metadata = {"namespace": "n", "name": "s", "annotations": {DEV_PORT: f"{port}"}}
        door._services.items["n", "s"] = {"metadata": metadata}
        for _ in range(2):
            door._reconcile()
    told = f"port {port} of n/s is held by pid 4711 (stranger)"
    assert meanwhile == [None, told]
    assert door.trouble() == told
