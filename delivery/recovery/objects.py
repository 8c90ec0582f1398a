"""Which Kubernetes object a resource of the state stands for."""

from collections.abc import Mapping
from typing import Any

from catalogue.models.base import Model

_PREFIX = "kubernetes:"


class ObjectKey(Model):
    """One object, whatever its API version; core is the empty group, the cluster the empty namespace."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"


class LiveObject(Model):
    """One object of the cluster that carries the stack's label; `urn` is its mark of ownership, if any.

    `derived` says that another object owns it (a Pod, a ReplicaSet, an EndpointSlice): labels are inherited.
    """

    key: ObjectKey
    urn: str = ""
    derived: bool = False


def key_of(type_token: str, identity: str, inputs: Mapping[str, Any] | None = None) -> ObjectKey | None:
    """Return the object behind a resource; None when it is no Kubernetes object or has no known name.

    `identity` is the resource's id (`namespace/name` or `name`); without one, `inputs` name the object.
    """
    parts = type_token.removeprefix(_PREFIX).split(":")
    if not type_token.startswith(_PREFIX) or len(parts) != 2 or "/" not in parts[0]:  # noqa: PLR2004  api, kind
        return None
    group = parts[0].rpartition("/")[0]
    if not identity:
        metadata = (inputs or {}).get("metadata")
        if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
            return None
        identity = f"{metadata.get('namespace') or ''}/{metadata['name']}"
    namespace, _, name = identity.rpartition("/")
    return ObjectKey(group="" if group == "core" else group, kind=parts[1], namespace=namespace, name=name)
