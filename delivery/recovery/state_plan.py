"""From a readable state and the live objects to findings: a pure function.

Create in the Kubernetes stand-in writes an object together with its mark of ownership, and adopts an object
that carries this stack's mark. So what a create that was cut off made is either not there or will be adopted:
its record can go.
"""

from collections.abc import Iterator

from catalogue.models.base import Model
from delivery.recovery.checkpoint import CREATING, Checkpoint, Operation
from delivery.recovery.finding import Certainty, ClearPending, DeleteObject, Finding, RefreshPending
from delivery.recovery.objects import LiveObject, ObjectKey

_WITHOUT_OBJECT = ("pulumi:", "random:", "blueocean:")
"""Types whose create touches nothing outside the state: providers, random values, components."""


class StateFacts(Model):
    """A stack's state and the objects with its label; `live` is None when the cluster does not answer."""

    checkpoint: Checkpoint
    live: tuple[LiveObject, ...] | None
    delete_orphans: bool = False


def plan_state(facts: StateFacts) -> tuple[Finding, ...]:
    """Say what to do about operations that were cut off, and which objects the state does not know."""
    pending = facts.checkpoint.pending
    if facts.live is None and any(not _local(item) for item in pending):
        return (
            Finding(
                found=f"{len(pending)} operation(s) that were cut off, and a cluster that does not answer",
                cure="bring the cluster back (`sandbox up`), then run this again",
                certainty=Certainty.ASK,
            ),
        )
    return (*_interrupted(pending), *_creates(facts), *_orphans(facts))


def _local(item: Operation) -> bool:
    return item.resource.type.startswith(_WITHOUT_OBJECT)


def _interrupted(pending: tuple[Operation, ...]) -> Iterator[Finding]:
    begun = [item for item in pending if item.kind != CREATING]
    if begun:
        yield Finding(
            found=f"{len(begun)} update(s) or deletion(s) that were cut off: {_names(begun)}",
            cure="read them from the cluster again",
            action=RefreshPending(urns=tuple(sorted({item.resource.urn for item in begun}))),
        )


def _creates(facts: StateFacts) -> Iterator[Finding]:
    """Judge all creates at once: the engine drops the records of all or of none."""
    groups: dict[tuple[str, bool], list[Operation]] = {}
    for item in facts.checkpoint.pending:
        if item.kind == CREATING:
            groups.setdefault(_create(item, facts.live or ()), []).append(item)
    if groups:
        told = (f"{len(items)} {state} ({_names(items)})" for (state, _), items in groups.items())
        urns = sorted({item.resource.urn for items in groups.values() for item in items})
        yield Finding(
            found=f"creation(s) that were cut off: {'; '.join(told)}",
            cure="clear the records; the next `pulumi up` adopts what is there and creates the rest",
            certainty=Certainty.PROVEN if all(proven for _, proven in groups) else Certainty.ASK,
            action=ClearPending(urns=tuple(urns)),
        )


def _create(item: Operation, live: tuple[LiveObject, ...]) -> tuple[str, bool]:
    """Return what is known of the object, and whether the record can go without asking."""
    key = item.resource.key
    if _local(item):
        return "with nothing outside the state", True
    if key is None:
        return "of a kind that cannot be looked up here", False
    found = next((one for one in live if one.key == key), None)
    if found is None:
        return "not there", True
    if found.urn:
        return "there with this stack's mark", True
    return "there without a mark of ownership, to be imported or deleted before the next `pulumi up`", False


def _orphans(facts: StateFacts) -> Iterator[Finding]:
    known = _known(facts.checkpoint)
    orphans = [live for live in facts.live or () if live.urn and not live.derived and live.key not in known]
    for orphan in sorted(orphans, key=lambda live: str(live.key)):
        yield Finding(
            found=f"{orphan.key}, which carries this stack's mark and is not in its state",
            cure="delete it"
            if facts.delete_orphans
            else "left alone: the next `pulumi up` adopts it if the program still declares it; "
            "what is listed after that, --delete-orphans removes",
            certainty=Certainty.PROVEN if facts.delete_orphans else Certainty.REPORT,
            action=DeleteObject(key=orphan.key, urn=orphan.urn) if facts.delete_orphans else None,
        )


def _known(checkpoint: Checkpoint) -> set[ObjectKey]:
    resources = (*checkpoint.resources, *(item.resource for item in checkpoint.pending))
    return {item.key for item in resources if item.key is not None}


def _names(items: list[Operation]) -> str:
    names = sorted({str(item.resource.key or item.resource.urn.rpartition("::")[2]) for item in items})
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"  # noqa: PLR2004  one line's worth
