"""Waiting for something that takes a while."""

import time
from collections.abc import Callable

from sandbox.plugins.digitalocean.client import Client

LONGEST = 1800.0  # seconds; what the official plugin waits for a cluster


def until(client: Client, what: str, state: Callable[[], str], wanted: str) -> None:
    """Return once `state` gives `wanted`. Raises TimeoutError naming the last state, also when cancelled."""
    deadline = time.monotonic() + LONGEST
    while (found := state()) != wanted:
        if client.cancelled.wait(0.3):
            raise TimeoutError(f"cancelled while the {what} was {found}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"the {what} is still {found} after {LONGEST:.0f} s")
