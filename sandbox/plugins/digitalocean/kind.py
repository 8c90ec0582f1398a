"""What the provider needs to know of one resource type."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.plugins.digitalocean.client import Client

Object = dict[str, Any]


def nothing_wrong(_inputs: Object) -> dict[str, str]:
    """No check beyond presence."""
    return {}


def no_replacement(_old: Object, _new: Object) -> set[str]:
    """No replacement beyond `replaces`."""
    return set()


def as_they_are(live: Object, known: Object) -> Object:
    """The inputs as they live now, for the keys that the program gives; after an import, for every key."""
    return {key: live.get(key, value) for key, value in known.items()}


def no_update(_client: Client, _identity: str, _old: Object, _new: Object) -> None:
    """Every change replaces; there is nothing to change in place."""


def at_once(_client: Client, _identity: str, _inputs: Object) -> None:
    """Done as soon as it is created."""


@dataclass(frozen=True)
class Kind:
    """Names are the SDK's (camelCase). `optional` carries the documented defaults, None for none.

    `read` gives inputs and computed values as they live, None when the thing is gone; its third argument is
    what the state knows. `settle` waits until a created thing is usable and sets what needs that; when it
    fails, the thing is kept in the state.
    """

    token: str
    required: tuple[str, ...]
    optional: dict[str, Any]
    replaces: frozenset[str]
    computed: tuple[str, ...]
    create: Callable[[Client, Object], str]
    read: Callable[[Client, str, Object], Object | None]
    delete: Callable[[Client, str, Object], None]
    identify: Callable[[str], Object]
    """From an id given to `pulumi import` to the real `id`, where it differs, and the properties that `read`
    needs. ValueError with the form that it should have."""
    update: Callable[[Client, str, Object, Object], None] = no_update
    settle: Callable[[Client, str, Object], None] = at_once
    wrong: Callable[[Object], dict[str, str]] = nothing_wrong
    also_replaces: Callable[[Object, Object], set[str]] = no_replacement
    live_inputs: Callable[[Object, Object], Object] = as_they_are
    secrets: frozenset[str] = field(default_factory=frozenset)
    stale: Callable[[Object, Object], set[str]] = no_replacement
    """Computed values that an update from old to new inputs makes anew."""


def by_id(identity: str) -> Object:
    """The id says it all."""
    return {"id": identity}
