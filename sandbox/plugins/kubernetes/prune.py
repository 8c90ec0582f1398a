"""From a live object to inputs: what the program manages, so that drift shows and defaults don't."""

import base64
from typing import Any

from sandbox.plugins.kubernetes.objects import metadata_of
from sandbox.plugins.kubernetes.ownership import MARK
from sandbox.plugins.kubernetes.quantity import HOLDERS, same_amount
from sandbox.plugins.values import Secret, Value, reveal

# Lists that the API server treats as maps, with the keys that identify an item: others may add items of their
# own, which are none of ours.
LIST_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "ports": ("containerPort", "port", "protocol"),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "versions": ("name",),
    "parents": ("name", "namespace"),
    "ownerReferences": ("uid",),
}
SERVER_METADATA = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    },
)


def live_inputs(live: dict[str, Any], inputs: dict[str, Value]) -> dict[str, Value]:
    """The inputs as they now are: for every path of the inputs its live value, in the inputs' own spelling.

    Paths that the live object has lost are left out. Secret values stay Secret.
    """
    texts = inputs.get("stringData")
    if isinstance(texts, dict | Secret):
        live = {**live, "stringData": _decoded(live.get("data") or {}, reveal(texts))}
    return _dict(inputs, live, quantities=False)


def _decoded(data: dict[str, str], texts: dict[str, Any]) -> dict[str, str]:
    """The texts behind the keys that the program gave as stringData."""
    return {key: base64.b64decode(data[key]).decode(errors="replace") for key in texts if key in data}


def _value(given: Value, live: Value, key: str, *, quantities: bool) -> Value:
    if isinstance(given, Secret):
        inner = _value(given.value, live, key, quantities=quantities)
        return Secret(inner)
    if isinstance(given, dict) and isinstance(live, dict):
        return _dict(given, live, quantities=quantities or key in HOLDERS)
    if isinstance(given, list) and isinstance(live, list):
        return _list(given, live, key, quantities=quantities)
    if (quantities or key in HOLDERS) and same_amount(given, live):
        return given
    return live


def _dict(given: dict[str, Value], live: dict[str, Any], *, quantities: bool) -> dict[str, Value]:
    result = {}
    for key, value in given.items():
        if key in live:
            result[key] = _value(value, live[key], key, quantities=quantities)
        elif _is_empty(value):
            result[key] = value  # the API server drops empty values: that is no drift
    return result


def _is_empty(value: Value) -> bool:
    return value is None or value in ({}, [], "", False, 0)


def _list(given: list[Value], live: list[Any], key: str, *, quantities: bool) -> list[Value]:
    keys = LIST_KEYS.get(key)
    if keys and all(isinstance(item, dict) for item in [*given, *live]):
        return _keyed(given, live, keys, quantities=quantities)
    both = [
        _value(mine, theirs, key, quantities=quantities) for mine, theirs in zip(given, live, strict=False)
    ]
    return both + live[len(given) :]


def _keyed(given: list[Value], live: list[Any], keys: tuple[str, ...], *, quantities: bool) -> list[Value]:
    result = []
    for item in given:
        match = next((other for other in live if _same_item(item, other, keys)), None)
        if match is not None:
            result.append(_dict(item, match, quantities=quantities))
    return result


def _same_item(item: dict[str, Value], other: dict[str, Any], keys: tuple[str, ...]) -> bool:
    """Whether the keys that the program gave agree; a default filled in by the server does not count."""
    given = [key for key in keys if key in item]
    return bool(given) and all(item[key] == other.get(key) for key in given)


def imported_inputs(live: dict[str, Any]) -> dict[str, Value]:
    """The inputs of an object that no program has described yet: everything but what the API server keeps."""
    inputs = {key: value for key, value in live.items() if key not in {"status", "metadata"}}
    metadata = {key: value for key, value in metadata_of(live).items() if key not in SERVER_METADATA}
    if "annotations" in metadata:
        annotations = {key: value for key, value in metadata["annotations"].items() if key != MARK}
        metadata = {**metadata, "annotations": annotations}
        if not annotations:
            del metadata["annotations"]
    return {**inputs, "metadata": metadata}
