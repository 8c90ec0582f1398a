"""What a stack has in the cluster and in its state, to compare before and after."""

import json
from typing import Any

from tests.commands import Runs

Object = dict[str, Any]
MARK = "blueocean.io/urn"


def kinds(run: Runs) -> str:
    """Return every kind that the cluster lists, as one word for kubectl; events and such aside."""
    names = run(["kubectl", "api-resources", "--verbs=list", "--output=name"]).stdout.split()
    return ",".join(one for one in names if not one.startswith(("events", "componentstatuses")))


def labelled(run: Runs, found: str, stack: str) -> list[Object]:
    """Return the live objects of these kinds with a stack's label, those that others derive included."""
    label = f"--selector=blueocean.io/stack={stack}"
    done = run(["kubectl", "get", found, "--all-namespaces", label, "--output=json"])
    items: list[Object] = json.loads(done.stdout)["items"]
    return items


def marked(item: Object) -> bool:
    """Return whether a stack has made the object itself."""
    metadata = item["metadata"]
    return MARK in (metadata.get("annotations") or {}) and not metadata.get("ownerReferences")


def resources(state: Object) -> dict[str, Object]:
    """Return what a state knows of each object and password, by URN.

    Without what every write makes anew (order, times, ciphertext), and without what only mirrors the program:
    the stack's outputs, its components, the provider's kubeconfig.
    """
    real = [item for item in state["resources"] if item["type"].startswith(("kubernetes:", "random:"))]
    assert len({item["urn"] for item in real}) == len(real)
    return {
        item["urn"]: {key: _lasting(item.get(key)) for key in ("id", "inputs", "outputs")} for item in real
    }


def _lasting(item: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(item, dict):
        return {key: _lasting(value) for key, value in item.items() if key not in {"ciphertext", "modified"}}
    return [_lasting(value) for value in item] if isinstance(item, list) else item
