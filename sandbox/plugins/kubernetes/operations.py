"""Create, update, read and delete one object."""

import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from sandbox.plugins.enginelog import EngineLog
from sandbox.plugins.kubernetes.apply import Refused, Target, apply, target_of
from sandbox.plugins.kubernetes.client import ApiError, Reply, Unreachable
from sandbox.plugins.kubernetes.cluster import Cluster
from sandbox.plugins.kubernetes.manager import manager_of
from sandbox.plugins.kubernetes.objects import identity, metadata_of
from sandbox.plugins.kubernetes.outputs import outputs_of
from sandbox.plugins.kubernetes.ownership import may_adopt, refusal
from sandbox.plugins.kubernetes.readiness.kinds import DELETION_TIMEOUT
from sandbox.plugins.kubernetes.settings import Settings
from sandbox.plugins.kubernetes.waiting import Patience, until_gone, until_ready
from sandbox.plugins.values import Unknown, Value, has, reveal


class Going(Refused):
    """The object was found in the middle of its deletion."""


@dataclass(frozen=True, slots=True)
class Result:
    """An object as the state shall know it; `reasons` says why it is not ready (empty: it is)."""

    id: str
    outputs: dict[str, Value]
    reasons: list[str]
    inputs: dict[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One configured provider: its cluster, settings and voice, and whether the command was cancelled."""

    cluster: Cluster
    settings: Settings
    log: EngineLog
    cancelled: threading.Event = field(default_factory=threading.Event)

    def patience(self, urn: str, timeout: float) -> Patience:
        """How to wait for the resource `urn`."""
        return Patience(urn, timeout, self.cancelled, self.log)

    def tell(self, reply: Reply, urn: str) -> Reply:
        """Pass the API server's warnings on, unless the provider suppresses them."""
        for warning in () if self.settings.suppress_deprecation_warnings else reply.warnings:
            self.log.warn_once(warning, urn)
        return reply


def create(session: Session, urn: str, inputs: dict[str, Value], timeout: float) -> Result:
    """Create the object of `urn`, or adopt it when it carries this stack's mark.

    Raises Refused, ApiError, Unreachable or ValueError when nothing was written.
    """
    target = target_of(session.cluster, inputs, urn)
    _make_room(session, target, urn, timeout)
    return _write(session, target, urn, inputs, timeout)


def update(
    session: Session, urn: str, old: dict[str, Value], inputs: dict[str, Value], timeout: float
) -> Result:
    """Bring the object that the state knows as `old` to the new inputs; raises as `create` does.

    The recorded uid goes along: when another object has taken the place, or none is left, the API server
    refuses, and the object is treated as one to be created. So is one that is being deleted.
    """
    target = target_of(session.cluster, inputs, urn)
    uid = metadata_of(reveal(old)).get("uid")
    manager = manager_of(inputs, old)
    try:
        return _write(session, target.with_uid(uid), urn, inputs, timeout, manager)
    except Going:
        pass  # a destroy that was cut off: what the program wants is made anew
    except ApiError as error:
        if not uid or not _is_another(error):
            raise
    _make_room(session, target, urn, timeout)
    return _write(session, target, urn, inputs, timeout, manager)


def _is_another(error: ApiError) -> bool:
    """Whether the API server says that the object with that uid is not there (any more)."""
    if error.code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return any(cause.get("field") == "metadata.uid" for cause in error.details.get("causes") or ())
    return error.code in {HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND}


def preview_create(session: Session, urn: str, inputs: dict[str, Value]) -> dict[str, Value]:
    """What a create would give, as far as that is known: the inputs.

    The API server is asked by a dry run where it can answer: all values known, kind and namespace there.
    Raises Refused or ApiError for what it would refuse at the update.
    """
    if session.cluster.unreachable() or has(inputs, Unknown):
        return inputs
    try:
        target = target_of(session.cluster, inputs, urn, patience=0)
    except Refused:
        return inputs  # its definition may come with the same update
    if target.namespace and not session.cluster.has_namespace(target.namespace):
        return inputs
    query = {"dryRun": "All", "fieldManager": manager_of(inputs), "fieldValidation": "Warn"}
    try:
        session.tell(
            session.cluster.client.send("POST", target.collection, query=query, body=target.manifest), urn
        )
    except ApiError as error:
        if error.code == HTTPStatus.CONFLICT:
            _refuse_foreign(session, target, urn)
        elif error.code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise  # anything else may look different once what this one waits for is there
    return inputs


def preview_update(
    session: Session, urn: str, old: dict[str, Value], inputs: dict[str, Value]
) -> dict[str, Value]:
    """What an update would give, by a dry run; the inputs where nobody can know. Raises as `update` does."""
    if session.cluster.unreachable() or has(inputs, Unknown):
        return inputs
    try:
        target = target_of(session.cluster, inputs, urn, patience=0)
    except Refused:
        return inputs
    manager = manager_of(inputs, old)
    force = session.settings.patch_force
    reply = session.tell(apply(session.cluster, target, manager, force=force, dry_run=True), urn)
    return outputs_of(reply.body, inputs, manager)


def _write(  # noqa: PLR0913, PLR0917 - what a write needs
    session: Session,
    target: Target,
    urn: str,
    inputs: dict[str, Value],
    timeout: float,
    manager: str | None = None,
) -> Result:
    manager = manager or manager_of(inputs)
    reply = session.tell(apply(session.cluster, target, manager, force=session.settings.patch_force), urn)
    live = reply.body
    if "deletionTimestamp" in metadata_of(live):
        raise Going(f'{target.kind.kind} "{target.identity}" is being deleted; run the update again.')
    reasons: list[str]
    try:
        live, reasons = until_ready(session.cluster.client, target.path, live, session.patience(urn, timeout))
    except (ApiError, Unreachable, ValueError) as error:
        reasons = [f"The object was written, but its state could not be followed: {error}"]
    return Result(identity(live), outputs_of(live, inputs, manager), reasons)


def _make_room(session: Session, target: Target, urn: str, timeout: float) -> None:
    """Nothing may stand where a create goes but an object of this stack; one that is going is waited for."""
    live = find(session, target)
    if live is None:
        return
    if not may_adopt(live, urn):
        raise Refused(refusal(target.kind.kind, target.identity, live))
    metadata = metadata_of(live)
    if "deletionTimestamp" in metadata:
        patience = session.patience(urn, timeout or DELETION_TIMEOUT)
        left = until_gone(session.cluster.client, target.path, metadata["uid"], patience)
        if left is not None:
            raise Refused(f"An older object of the same name is still being deleted: {left}")


def _refuse_foreign(session: Session, target: Target, urn: str) -> None:
    live = find(session, target)
    if live is not None and not may_adopt(live, urn):
        raise Refused(refusal(target.kind.kind, target.identity, live))


def find(session: Session, target: Target) -> dict[str, Any] | None:
    """The live object, None when there is none."""
    try:
        return session.cluster.client.get(target.path).body
    except ApiError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        raise
