"""One hash for all rendered manifests of an app, so that a stamp can name what it speaks of."""

import hashlib
from collections.abc import Mapping


def manifests_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 (64 hexadecimal digits) of rendered files by name; their order plays no role.

    Names and contents are hashed with their lengths, so that no two sets of files run together.
    """
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        for part in (name.encode(), content):
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
    return found.hexdigest()
