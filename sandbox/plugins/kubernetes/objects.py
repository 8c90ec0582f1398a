"""Names and small readings of Kubernetes objects."""

from typing import Any

DEFAULT_NAMESPACE = "default"
INITIAL_API_VERSION = "__initialApiVersion"  # as in the official plugin's checkpoints
FIELD_MANAGER = "__fieldManager"
BOOKKEEPING = frozenset({INITIAL_API_VERSION, FIELD_MANAGER, "__inputs", "__defaults", "__provider"})


def metadata_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The object's metadata, empty when it has none."""
    metadata = manifest.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def annotation(manifest: dict[str, Any], name: str) -> str | None:
    """The annotation's text, None when it is absent or not known yet."""
    annotations = metadata_of(manifest).get("annotations")
    value = annotations.get(name) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else None


def is_true(text: str | None) -> bool:
    """Whether an annotation switches something on."""
    return text is not None and text.lower() == "true"


def identity(manifest: dict[str, Any]) -> str:
    """The resource id: `namespace/name`, or `name` for an object outside namespaces."""
    metadata = metadata_of(manifest)
    namespace, name = metadata.get("namespace"), metadata.get("name", "")
    return f"{namespace}/{name}" if namespace else str(name)


def split_identity(text: str) -> tuple[str | None, str]:
    """Namespace (None when there is none) and name of a resource id."""
    namespace, slash, name = text.rpartition("/")
    return (namespace or None, name) if slash else (None, text)


def group_of(api_version: str) -> str:
    """The API group: empty for the core group."""
    return api_version.rpartition("/")[0]


def kind_of(manifest: dict[str, Any]) -> tuple[str, str]:
    """API group and kind."""
    return group_of(str(manifest.get("apiVersion", ""))), str(manifest.get("kind", ""))


def kind_of_token(token: str) -> tuple[str, str]:
    """Split a type token such as `kubernetes:apps/v1:Deployment` into apiVersion and kind."""
    _, _, rest = token.partition(":")
    api_version, _, kind = rest.rpartition(":")
    return api_version.removeprefix("core/"), kind
