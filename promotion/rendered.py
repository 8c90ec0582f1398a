"""One hash over what an app's stack renders, so that evidence speaks of the very manifests that are applied.

The same from a render on disk, from the engine's inputs and from a state: numbers are compared by value,
and what is left open is left out. Secrets, and the Jobs that carry checksums of them, are not part of it:
their content is generated on each platform. Neither are the marks that a provider adds.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

APART = frozenset({"Secret", "Job"})
MARKS = ("blueocean.io/urn", "pulumi.com/")


def hash_of(manifests: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (64 hexadecimal digits) of the manifests, in whatever order they come."""
    texts = [_text(one) for one in manifests if one.get("kind") not in APART]
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()


def _text(manifest: Mapping[str, Any]) -> str:
    return json.dumps(_plain(manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a manifest's values are of any type
    if isinstance(value, Mapping):
        kept = {key: _plain(value[key]) for key in value if not key.startswith(MARKS)}
        return {key: one for key, one in kept.items() if one not in (None, {})}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
