"""The Kubernetes objects of a stack that is up, with their real values and their order.

The values include generated passwords: they open servers of the benchmark's own sandbox, and the files lie in
its folder, which is the user's only and goes with it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
CLUSTER = "_cluster"
SIGNATURE = "4dabf18193072939515e22adb298388d"  # the state's mark of a secret, public


@dataclass(frozen=True)
class Objects:
    """`list` has urn, inputs and dependencies for a program; `manifests` a file an object for kubectl."""

    list: Path
    manifests: Path
    passwords: int
    components: int

    @property
    def spaces(self) -> Path:
        """The manifests without a namespace: namespaces before all."""
        return self.manifests / CLUSTER


def write_objects(state: Sequence[Resource], folder: Path) -> Objects:
    """Write what a stack's state holds into a folder of its own."""
    found = list(_kubernetes(state))
    folder.mkdir(parents=True)
    (folder / "objects.json").write_text(json.dumps(found), encoding="utf-8")
    for number, one in enumerate(found):
        body = one["inputs"]
        file = folder / "manifests" / body["metadata"].get("namespace", CLUSTER) / f"{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(body), encoding="utf-8")
    return Objects(
        folder / "objects.json",
        folder / "manifests",
        passwords=sum(one["type"].startswith("random:") for one in state),
        components=sum(one["type"].startswith("blueocean:") for one in state),
    )


def _kubernetes(state: Sequence[Resource]) -> Iterator[Resource]:
    for one in state:
        if one["type"].startswith("kubernetes:"):
            inputs = _plain(one["inputs"])
            yield {"urn": one["urn"], "inputs": inputs, "dependencies": one.get("dependencies", [])}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a state's values are of any type
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return json.loads(value["plaintext"])
        return {key: _plain(one) for key, one in value.items() if key != "__defaults"}
    return [_plain(one) for one in value] if isinstance(value, list) else value
