"""From what a program registers to the YAML of a Kubernetes object. Pure, and the same bytes each time."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from delivery.rendering.exits import RenderError

MARKER = "not-rendered"
"""Stands wherever a secret would."""
_SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105  the wire's mark of special values, public
_SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the wire's mark of a secret, public
_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace")


def secret(value: str) -> dict[str, str]:
    """The value as a secret travels."""
    return {_SECRET_KEY: _SECRET_VALUE, "value": value}


def manifest(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The object as kubectl would take it: whole numbers as such, every secret value as the marker."""
    return {
        key: _masked(value, encoded=inputs.get("kind") == "Secret" and key == "data")
        for key, value in _sorted(inputs)
    }


def place(document: Mapping[str, Any]) -> str:
    """Where the object lies in the folder: `<namespace>/<kind>-<name>.yaml`, or below `_cluster`."""
    metadata = document["metadata"]
    file = f"{document['kind'].lower()}-{metadata['name']}.yaml".replace(":", "_")
    return f"{metadata.get('namespace', '_cluster')}/{file}"


def files(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The text of each file by its place, sorted. Raises RenderError when two objects want one file."""
    found: dict[str, str] = {}
    for document in documents:
        where = place(document)
        if where in found:
            raise RenderError(f"Two objects are called {where}; give one of them another name.")
        found[where] = yaml.dump(dict(document), sort_keys=False, allow_unicode=True, width=110)
    return dict(sorted(found.items()))


def _sorted(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What people look for first comes first, the rest by alphabet."""
    return sorted(
        mapping.items(), key=lambda one: (_FIRST.index(one[0]) if one[0] in _FIRST else len(_FIRST), one[0])
    )


def _masked(value: Any, *, encoded: bool, secret: bool = False) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, Mapping):
        if value.get(_SECRET_KEY) == _SECRET_VALUE:
            return _masked(value.get("value"), encoded=encoded, secret=True)
        return {key: _masked(one, encoded=encoded, secret=secret) for key, one in _sorted(value)}
    if isinstance(value, list):
        return [_masked(one, encoded=encoded, secret=secret) for one in value]
    if secret:
        return base64.b64encode(MARKER.encode()).decode() if encoded else MARKER
    return int(value) if isinstance(value, float) and value.is_integer() else value
