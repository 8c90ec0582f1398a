"""From the objects of a stack to files of YAML. Pure, and the same bytes each time."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from delivery.rendering.exits import RenderError


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
