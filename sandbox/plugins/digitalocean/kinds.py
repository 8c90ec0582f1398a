"""Every resource type that this stand-in carries, and the properties that the engine and the API agree on."""

from typing import Any

from sandbox.plugins.digitalocean import (
    container_registry,
    database_cluster,
    database_firewall,
    database_part,
    docker_credentials,
    kubernetes_cluster,
)
from sandbox.plugins.digitalocean.kind import Kind, Object
from sandbox.plugins.values import UNKNOWN, Secret, Unknown, Value, has, reveal

KINDS: dict[str, Kind] = {
    kind.token: kind
    for kind in (
        container_registry.KIND,
        docker_credentials.KIND,
        database_cluster.KIND,
        database_part.DATABASE,
        database_part.USER,
        database_firewall.KIND,
        kubernetes_cluster.KIND,
    )
}


def completed(kind: Kind, given: Object) -> Object:
    """The inputs with the documented defaults."""
    defaults = {key: value for key, value in kind.optional.items() if value is not None}
    return {**defaults, **given}


def wrong(kind: Kind, inputs: Object) -> dict[str, str]:
    """What is wrong with the inputs, by property; unknown values pass."""
    found = {key: f"Missing required property '{key}'" for key in kind.required if key not in inputs}
    for key in inputs.keys() - set(kind.required) - kind.optional.keys():
        found[key] = f"This stand-in does not support {key} of {kind.token.rpartition(':')[2]}."
    plain = {key: reveal(value) for key, value in inputs.items() if not has(value, Unknown)}
    return kind.wrong(plain) | found


def changed(kind: Kind, old: Object, new: Object) -> set[str]:
    """The inputs that differ. One that is left out now, and that the API chooses by itself, doesn't."""
    left_to_the_api = {key for key in old.keys() - new.keys() if key in kind.computed}
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)} - left_to_the_api


def replaced(kind: Kind, old: Object, new: Object) -> set[str]:
    """Those of them that only a new thing can take."""
    known = {key: value for key, value in new.items() if not has(value, Unknown)}
    also = kind.also_replaces(reveal(old), reveal({**old, **known}))
    return changed(kind, old, new) & (kind.replaces | also)


def expected(kind: Kind, inputs: Object) -> Object:
    """What a preview of a creation knows of the outputs."""
    return {**dict.fromkeys(kind.computed, UNKNOWN), **inputs}


def updated(kind: Kind, outputs: Object, old: Object, new: Object) -> Object:
    """What a preview of an update knows of them."""
    return {**outputs, **new, **dict.fromkeys(kind.stale(old, new), UNKNOWN)}


def hidden(kind: Kind, outputs: Object, inputs: Object) -> Object:
    """The outputs with the kind's secrets, and the program's own, marked."""
    ours = kind.secrets | {key for key, value in inputs.items() if has(value, Secret)}
    return {key: _hide(value) if key in ours else value for key, value in outputs.items()}


def imported(kind: Kind, live: Object) -> Object:
    """The inputs that would have made what lives."""
    return {key: live[key] for key in (*kind.required, *kind.optional) if key in live}


def _hide(value: Any) -> Value:  # noqa: ANN401 - a property value
    return value if isinstance(value, Secret) else Secret(reveal(value))
