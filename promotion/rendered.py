"""One hash over what an app's stack renders, so that evidence speaks of the very manifests that are applied.

The same from a render on disk, from the engine's inputs and from a state: numbers are compared by value,
and null is left out. What a Secret holds is generated on each platform and not part of it; that there is
one, and what it is called, is. Neither is the mark that the provider puts on every object.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

VALUES = frozenset({"data", "stringData"})
"""What differs between two platforms, in a Secret."""
MARK = "blueocean.io/urn"


def hash_of(manifests: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (64 hexadecimal digits) of the manifests, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(_text(one) for one in manifests)).encode()).hexdigest()


def _text(manifest: Mapping[str, Any]) -> str:
    shown = _plain(_unmarked(manifest))
    return json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _unmarked(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    apart = VALUES if manifest.get("kind") == "Secret" else ()
    kept = {key: manifest[key] for key in manifest if key not in apart}
    metadata = kept.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    if MARK in annotations:
        others = {key: annotations[key] for key in annotations if key != MARK}
        kept["metadata"] = {**metadata, "annotations": others or None}
    return kept


def _plain(value: Any) -> Any:  # noqa: ANN401 - a manifest's values are of any type
    if isinstance(value, Mapping):
        found = {key: _plain(value[key]) for key in value}
        return {key: one for key, one in found.items() if one is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
