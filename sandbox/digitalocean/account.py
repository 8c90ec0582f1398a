"""The account behind the stand-in: everything that was made, in one file that is either old or new."""

import copy
import json
import threading
from collections.abc import Callable
from pathlib import Path

from sandbox.digitalocean.exchange import Answer, Object
from sandbox.files import write_private

EMPTY: Object = {"subscription": None, "registries": {}, "tokens": {}, "databases": {}, "clusters": {}}


class BrokenStateError(Exception):
    """The state file can't be read; the sentence names it and the cure."""


class Account:
    """The state, changed by one handler at a time and written before the caller hears of it."""

    def __init__(self, path: Path) -> None:
        """Reads the file when there is one. Raises BrokenStateError when it isn't the stand-in's own."""
        self._path = path
        self._lock = threading.Lock()
        self._state = copy.deepcopy(EMPTY)
        if path.exists():
            self._state |= _read(path)

    def read(self, handler: Callable[[Object], Answer]) -> Answer:
        """Let a handler look; what it changes is forgotten."""
        with self._lock:
            return handler(copy.deepcopy(self._state))

    def change(self, handler: Callable[[Object], Answer]) -> Answer:
        """Let a handler change the state; a refusal or a full disk leaves everything as it was."""
        with self._lock:
            state = copy.deepcopy(self._state)
            answer = handler(state)
            write_private(self._path, json.dumps(state, indent=1, sort_keys=True) + "\n")
            self._state = state
            return answer


def _read(path: Path) -> Object:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.keys() != EMPTY.keys():
        raise BrokenStateError(f"{path} is not the DigitalOcean stand-in's state; delete it to start afresh.")
    return found
