"""What is wrong with an object's inputs before the API server is asked."""

from sandbox.plugins.kubernetes.objects import kind_of_token, metadata_of
from sandbox.plugins.values import UNKNOWN, Secret, Value

REFUSED_PREFIXES = {
    "kubernetes:helm": "Helm",
    "kubernetes:yaml": "YAML files",
    "kubernetes:kustomize": "Kustomize",
}


def failures(token: str, inputs: dict[str, Value]) -> dict[str, str]:
    """A sentence with the cure for each property that is wrong; empty when all is well."""
    for prefix, what in REFUSED_PREFIXES.items():
        if token.startswith(prefix):
            return {"": f"This stand-in does not support {what}: describe the objects in the program."}
    kind = inputs.get("kind") or kind_of_token(token)[1]
    if isinstance(kind, str) and kind.endswith("Patch"):
        return {"": f"This stand-in does not support {kind}: manage the whole object, or import it."}
    if "items" in inputs and isinstance(kind, str) and kind.endswith("List"):
        return {"": f"This stand-in does not support {kind}: write each item as a resource of its own."}
    return _naming(inputs)


def _naming(inputs: dict[str, Value]) -> dict[str, str]:
    metadata = inputs.get("metadata")
    if metadata is UNKNOWN or isinstance(metadata, Secret):
        return {}
    name = metadata_of(inputs).get("name")
    if name is UNKNOWN or (isinstance(name, str) and name):
        return {}
    if "generateName" in metadata_of(inputs):
        return {"metadata.name": "Generated names are off here: give metadata.name instead of generateName."}
    return {"metadata.name": "The object has no name: automatic naming is off here, so give metadata.name."}


def completed(token: str, inputs: dict[str, Value]) -> dict[str, Value]:
    """The inputs with apiVersion and kind, which some SDKs leave to the type token."""
    api_version, kind = kind_of_token(token)
    return {"apiVersion": api_version, "kind": kind, **inputs}
