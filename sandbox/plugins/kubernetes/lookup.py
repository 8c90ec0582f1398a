"""Read and delete: operations on an object that is already known by its id."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sandbox.plugins.kubernetes.apply import Refused
from sandbox.plugins.kubernetes.client import ApiError, Unreachable
from sandbox.plugins.kubernetes.manager import manager_of
from sandbox.plugins.kubernetes.objects import (
    DEFAULT_NAMESPACE,
    annotation,
    identity,
    is_true,
    kind_of_token,
    metadata_of,
    split_identity,
)
from sandbox.plugins.kubernetes.operations import Result, Session
from sandbox.plugins.kubernetes.outputs import outputs_of
from sandbox.plugins.kubernetes.ownership import MARK, is_ours, mark_of, stack_of
from sandbox.plugins.kubernetes.prune import imported_inputs, live_inputs
from sandbox.plugins.kubernetes.readiness.kinds import DELETION_TIMEOUT
from sandbox.plugins.kubernetes.secrecy import mark_kind
from sandbox.plugins.kubernetes.waiting import not_ready, until_gone
from sandbox.plugins.values import Value, reveal

POLICY = "pulumi.com/deletionPropagationPolicy"


@dataclass(frozen=True, slots=True)
class Known:
    """A resource as the state knows it."""

    urn: str
    token: str
    id: str
    inputs: dict[str, Value]
    outputs: dict[str, Value]


def find_live(session: Session, known: Known) -> dict[str, Any] | None:
    """The live object, None when it is gone; raises ApiError or Unreachable."""
    path = _path(session, known)
    return _get(session, path) if path else None


def read(session: Session, known: Known) -> Result | None:
    """The object as it is now, None when it is gone; raises ApiError, Unreachable or Refused."""
    try:
        live = find_live(session, known)
    except Unreachable as error:
        return _unreachable(session, known, error)
    if live is None or _moved_on(known, live):
        return None
    inputs = live_inputs(live, known.inputs) if known.inputs else mark_kind(imported_inputs(live))
    manager = manager_of(inputs, known.outputs)
    return Result(
        identity(live), outputs_of(live, inputs, manager), not_ready(session.cluster.client, live), inputs
    )


def delete(session: Session, known: Known, timeout: float) -> None:
    """Delete the object and wait until it is gone; an object that is no longer this resource's is left alone.

    Raises Refused when it is still there after `timeout` seconds, ApiError or Unreachable.
    """
    try:
        path = _path(session, known)
        live = _get(session, path) if path else None
    except Unreachable as error:
        if not session.settings.delete_unreachable:
            raise
        session.log.warn_once(f"The object is taken for deleted (deleteUnreachable): {error}", known.urn)
        return
    if path is None or live is None:
        return
    if not is_ours(live, known.urn, _recorded(known)):
        session.log.warn_once(f"The live object belongs to {mark_of(live)} now and is left alone.", known.urn)
        return
    _delete(session, known, path, live)
    if is_true(annotation(reveal(known.inputs), "pulumi.com/skipAwait")):
        return
    patience = session.patience(known.urn, timeout or DELETION_TIMEOUT)
    left = until_gone(session.cluster.client, path, metadata_of(live)["uid"], patience)
    if left is not None:
        raise Refused(f"The object is not gone: {left}")


def _delete(session: Session, known: Known, path: str, live: dict[str, Any]) -> None:
    policy = annotation(reveal(known.inputs), POLICY) or "Foreground"
    options = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": policy[:1].upper() + policy[1:],
        "preconditions": {"uid": metadata_of(live)["uid"]},
    }
    try:
        session.cluster.client.send("DELETE", path, body=options)
    except ApiError as error:
        # Not found: somebody was faster. Conflict: it is being deleted, or another object has its place.
        if error.code not in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            raise


def _path(session: Session, known: Known) -> str | None:
    """Where the object is; None when the API server no longer serves its kind."""
    source = reveal(known.inputs) or reveal(known.outputs)
    api_version, name = source.get("apiVersion"), source.get("kind")
    if not api_version or not name:
        api_version, name = kind_of_token(known.token)
    kind = session.cluster.kind(api_version, name)
    if kind is None:
        return None
    namespace, name = split_identity(known.id)
    return kind.path(namespace or (DEFAULT_NAMESPACE if kind.namespaced else None), name)


def _get(session: Session, path: str) -> dict[str, Any] | None:
    try:
        return session.cluster.client.get(path).body
    except ApiError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        raise


def _recorded(known: Known) -> str | None:
    return annotation(reveal(known.outputs), MARK)


def _moved_on(known: Known, live: dict[str, Any]) -> bool:
    """Whether the object has become another resource of this stack: to this one it is gone."""
    if not known.outputs or is_ours(live, known.urn, _recorded(known)):
        return False
    return stack_of(mark_of(live) or "") == stack_of(known.urn)


def _unreachable(session: Session, known: Known, error: Unreachable) -> Result | None:
    if session.settings.skip_update_unreachable and known.outputs:
        session.log.warn_once(f"The state is kept as it is (skipUpdateUnreachable): {error}", known.urn)
        return Result(known.id, known.outputs, [], known.inputs)
    if session.settings.delete_unreachable:
        session.log.warn_once(f"The object is taken for deleted (deleteUnreachable): {error}", known.urn)
        return None
    raise error
