"""What the state keeps of a live object."""

from typing import Any

from sandbox.plugins.kubernetes.objects import FIELD_MANAGER, INITIAL_API_VERSION, metadata_of
from sandbox.plugins.kubernetes.secrecy import mark_kind, mark_like
from sandbox.plugins.values import Value


def outputs_of(live: dict[str, Any], inputs: dict[str, Value], manager: str) -> dict[str, Value]:
    """The live object as outputs: without managedFields (half its size), secret where the inputs are."""
    metadata = {key: value for key, value in metadata_of(live).items() if key != "managedFields"}
    plain = {**live, "metadata": metadata}
    if "stringData" in inputs:
        plain["stringData"] = inputs["stringData"]  # the API server never gives it back; programs may read it
    marked = mark_kind(mark_like(plain, inputs))
    return {**marked, INITIAL_API_VERSION: inputs.get("apiVersion", ""), FIELD_MANAGER: manager}
