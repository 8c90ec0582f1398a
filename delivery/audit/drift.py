"""Where the cluster differs from what a stack's state says. No rule is involved: drift is no violation."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalogue.models.quantity import amount
from delivery.audit.live import STACK, owner_of
from delivery.audit.report import Drift
from delivery.audit.state import HIDDEN
from policies.objects import Object

Key = tuple[str, str, str]
_BY_THE_SERVER = "status"
_TEXTS = ("data", "binaryData")
"""The parts of a ConfigMap, compared to the letter: no server adds to them or writes them in other words."""


def drifts(stack: str, state: Sequence[Object], live: Sequence[Object]) -> Iterator[Drift]:
    """One entry for each object that is gone, changed, or marked as the stack's but not in its state."""
    there, known = {_key(item): item for item in live}, {_key(item) for item in state}
    for item in state:
        if not item.is_kubernetes or item.kind == "Secret":
            continue  # a Secret's content is nobody's to read; the audit does not list it
        found = there.get(_key(item))
        if found is None:
            yield _drift(stack, item, "is in the state but not in the cluster")
            continue
        for path in (*_changed(item.manifest, found.manifest, ""), *_texts(item.manifest, found.manifest)):
            yield _drift(stack, item, f"differs at {path}")
    for item in live:
        if item.labels.get(STACK) == stack and owner_of(item) == stack and _key(item) not in known:
            yield _drift(stack, item, "carries the stack's mark but is not in its state")


def _key(item: Object) -> Key:
    return (item.kind, str(item.metadata.get("namespace") or ""), item.name)


def _drift(stack: str, item: Object, what: str) -> Drift:
    kind, namespace, name = _key(item)
    return Drift(stack=stack, kind=kind, namespace=namespace, name=name, what=what)


def _changed(meant: Any, found: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a manifest's values are of any type
    """Paths whose meant value is not what was found; what the server adds is no change."""
    if meant == HIDDEN or meant in (None, "", [], {}):
        return
    if isinstance(meant, Mapping) and isinstance(found, Mapping):
        for key, value in meant.items():
            if path or (key != _BY_THE_SERVER and not (_is_config_map(found) and key in _TEXTS)):
                yield from _changed(value, found.get(key), f"{path}.{key}")
    elif isinstance(meant, list) and isinstance(found, list):
        yield from _changed_list(meant, found, path)
    elif not _same(meant, found):
        yield path.lstrip(".")


def _is_config_map(manifest: Mapping[str, Any]) -> bool:
    return manifest.get("kind") == "ConfigMap"


def _texts(meant: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """The same for what a ConfigMap holds, where an entry more than was meant is a change too."""
    for part in _TEXTS if _is_config_map(found) else ():
        mine, there = meant.get(part) or {}, found.get(part) or {}
        if mine == HIDDEN:
            continue
        for key in sorted({*mine, *there}):
            if key not in mine:
                yield f"{part}.{key} (more entries than meant)"
            elif mine[key] not in (HIDDEN, there.get(key)):
                yield f"{part}.{key}"


def _changed_list(meant: list[Any], found: list[Any], path: str) -> Iterator[str]:
    """Entries with a name are compared by it, as the server may sort them; others by their place."""
    named = {one["name"]: one for one in found if isinstance(one, Mapping) and "name" in one}
    for number, value in enumerate(meant):
        if isinstance(value, Mapping) and "name" in value:
            yield from _changed(value, named.get(value["name"]), f"{path}.{value['name']}")
        else:
            other = found[number] if number < len(found) else None
            yield from _changed(value, other, f"{path}.{number}")
    if len(found) > len(meant):
        yield f"{path} (more entries than meant)".lstrip(".")


def _same(meant: object, found: object) -> bool:
    """Equal, or the same quantity in other words: the server writes 1000m as 1 and 1.5Gi as 1536Mi."""
    if meant == found:
        return True
    first, second = _quantity(meant), _quantity(found)
    return first is not None and first == second


def _quantity(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return amount(f"{value:g}" if isinstance(value, float) else str(value))
    except ValueError:
        return None
