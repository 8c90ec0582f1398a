"""What a stack's checkpoint says: its resources and the operations that were begun and never finished."""

import gzip
import json
import zlib
from typing import Any

from catalogue.models.base import Model
from delivery.recovery.objects import ObjectKey, key_of

CREATING = "creating"
_GZIP = b"\x1f\x8b"


class UnreadableError(Exception):
    """The file is no checkpoint; the text says why, without quoting the file."""


class Resource(Model):
    """One resource of the state."""

    urn: str
    type: str
    key: ObjectKey | None = None


class Operation(Model):
    """One operation that was begun: `kind` is creating, updating, deleting, reading or importing."""

    kind: str
    resource: Resource


class Checkpoint(Model):
    """The part of a checkpoint that recovery needs; no property of a resource is kept."""

    resources: tuple[Resource, ...] = ()
    pending: tuple[Operation, ...] = ()


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Read a checkpoint file, or the output of `pulumi stack export`. Raises UnreadableError."""
    document = _document(data)
    latest = document.get("deployment")
    if "checkpoint" in document:
        checkpoint = document["checkpoint"]
        latest = checkpoint.get("latest") if isinstance(checkpoint, dict) else None
        if latest is None and isinstance(checkpoint, dict):
            return Checkpoint()  # a stack that was never updated
    if not isinstance(latest, dict):
        raise UnreadableError("it is JSON, but no checkpoint")
    try:
        return Checkpoint(
            resources=tuple(_resource(item) for item in latest.get("resources") or ()),
            pending=tuple(
                Operation(kind=item["type"], resource=_resource(item["resource"]))
                for item in latest.get("pending_operations") or ()
            ),
        )
    except (KeyError, TypeError, AttributeError):
        raise UnreadableError("its resources are not what the engine writes") from None


def _document(data: bytes) -> dict[str, Any]:
    if not data:
        raise UnreadableError("it is empty")
    try:
        document = json.loads(gzip.decompress(data) if data.startswith(_GZIP) else data)
    except (ValueError, OSError, EOFError, zlib.error):
        raise UnreadableError("it is cut off or damaged") from None
    if not isinstance(document, dict):
        raise UnreadableError("it is JSON, but no checkpoint")
    return document


def _resource(item: dict[str, Any]) -> Resource:
    key = key_of(item["type"], item.get("id") or "", item.get("inputs"))
    return Resource(urn=item["urn"], type=item["type"], key=key)
