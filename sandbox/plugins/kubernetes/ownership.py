"""The mark on every object that this plugin writes, and what it allows.

Create adopts an existing object only when the mark names the same project and stack: that heals an update
that was killed between the API server's answer and the checkpoint. Delete leaves an object alone whose mark
has moved to another resource: that keeps a rename which kept metadata.name from deleting the live object.
"""

from typing import Any

MARK = "blueocean.io/urn"


def marked(manifest: dict[str, Any], urn: str) -> dict[str, Any]:
    """A copy of the manifest with the mark of `urn`."""
    metadata = dict(manifest.get("metadata") or {})
    metadata["annotations"] = {**(metadata.get("annotations") or {}), MARK: urn}
    return {**manifest, "metadata": metadata}


def mark_of(live: dict[str, Any]) -> str | None:
    """The URN that the object belongs to, None when it carries no mark."""
    annotations = (live.get("metadata") or {}).get("annotations") or {}
    mark = annotations.get(MARK)
    return mark if isinstance(mark, str) else None


def stack_of(urn: str) -> tuple[str, str]:
    """Stack and project of a URN `urn:pulumi:<stack>::<project>::<types>::<name>`; else empty."""
    parts = urn.removeprefix("urn:pulumi:").split("::")
    return (parts[0], parts[1]) if len(parts) >= 4 else ("", "")  # noqa: PLR2004 - a URN has four parts


def may_adopt(live: dict[str, Any], urn: str) -> bool:
    """Whether a create for `urn` may take over the live object."""
    mark = mark_of(live)
    return mark is not None and stack_of(mark) == stack_of(urn) != ("", "")


def is_ours(live: dict[str, Any], urn: str, recorded: str | None) -> bool:
    """Whether the live object is still the one that the state knows as `urn`.

    `recorded` is the mark in the state's outputs: it differs from `urn` after a rename by alias, until the
    next write. An object without a mark was imported, or stripped by hand: the state decides.
    """
    mark = mark_of(live)
    return mark is None or mark in {urn, recorded}


def refusal(kind: str, identity: str, live: dict[str, Any]) -> str:
    """Why a create may not take over the live object, and the cure."""
    mark = mark_of(live)
    if mark is None:
        return (
            f'{kind} "{identity}" already exists and carries no mark of this stack (AlreadyExists): '
            f"import it with the id {identity}, or delete it first."
        )
    stack, project = stack_of(mark)
    return (
        f'{kind} "{identity}" already exists and belongs to {mark} (AlreadyExists): remove it from stack '
        f"{stack} of project {project} first, or choose another metadata.name."
    )
