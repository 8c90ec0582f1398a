"""What changes between two sets of inputs, path by path."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.plugins.kubernetes.immutable import Path, immutable_paths, replaces
from sandbox.plugins.kubernetes.objects import BOOKKEEPING, DEFAULT_NAMESPACE, group_of, kind_of, metadata_of
from sandbox.plugins.values import UNKNOWN, Secret, Value, reveal

Kind = Literal["add", "delete", "update"]
MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One changed path: how, and whether it replaces the object."""

    path: Path
    kind: Kind
    replace: bool


def diff(
    old: dict[str, Value],
    new: dict[str, Value],
    *,
    config_map_mutable: bool = False,
    secret_mutable: bool = False,
) -> list[Change]:
    """The changes from the old to the new inputs of one object; unknown values count as changed."""
    before, after = normal(old), normal(new)
    prefixes = immutable_paths(before, config_map_mutable=config_map_mutable, secret_mutable=secret_mutable)
    kind = kind_of(before)
    found = []
    for path, how in changes(before, after):
        replace = replaces(path, prefixes, kind) or (path == ("apiVersion",) and _new_group(before, after))
        found.append(Change(path, how, replace))
    return found


def _new_group(before: dict[str, Value], after: dict[str, Value]) -> bool:
    """Versions of one group are views of one object; another group is another object."""
    return group_of(str(before.get("apiVersion"))) != group_of(str(after.get("apiVersion")))


def normal(inputs: dict[str, Value]) -> dict[str, Value]:
    """One spelling of each object: no bookkeeping, no default namespace, a Secret's stringData as data."""
    result = {key: value for key, value in reveal(inputs).items() if key not in BOOKKEEPING}
    metadata = metadata_of(result)
    if metadata.get("namespace") == DEFAULT_NAMESPACE:
        result["metadata"] = {key: value for key, value in metadata.items() if key != "namespace"}
    return with_data(result) if kind_of(result) == ("", "Secret") else result


def with_data(secret: dict[str, Any]) -> dict[str, Any]:
    """A Secret whose stringData has become data, as the API server would do it on write.

    Server-side apply tracks the two as different fields and would keep a key that left stringData.
    """
    texts = secret.get("stringData")
    if not isinstance(texts, dict):
        return secret
    encoded = {key: _encode(value) for key, value in texts.items()}
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    data = secret.get("data")
    return {**rest, "data": {**(data if isinstance(data, dict) else {}), **encoded}}


def _encode(value: Any) -> Any:  # noqa: ANN401 - an unknown stays unknown, a secret secret
    if isinstance(value, Secret):
        return Secret(_encode(value.value))
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else value


def changes(old: Value, new: Value, path: Path = ()) -> Iterator[tuple[Path, Kind]]:
    """Every path at which the values differ, as deep as both have the same shape."""
    if old is MISSING or new is MISSING:
        yield path, "add" if old is MISSING else "delete"
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() | new.keys():
            if old.get(key) is not None or new.get(key) is not None:
                yield from changes(_or_missing(old, key), _or_missing(new, key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else MISSING
            after = new[index] if index < len(new) else MISSING
            yield from changes(before, after, (*path, index))
    elif new is UNKNOWN or old is UNKNOWN or old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, "update"


def _or_missing(mapping: dict[str, Value], key: str) -> Value:
    value = mapping.get(key)
    return MISSING if value is None else value


def text_of(path: Path) -> str:
    """The engine's spelling of a path: `spec.containers[0].image`, `metadata.labels["a.b/c"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}" if text else part
        else:
            escaped = part.replace('"', '\\"')
            text += f'["{escaped}"]'
    return text
