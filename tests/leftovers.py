"""What a stack has in the cluster and in its state, to compare before and after."""

from typing import Any

Object = dict[str, Any]
MARK = "blueocean.io/urn"


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
