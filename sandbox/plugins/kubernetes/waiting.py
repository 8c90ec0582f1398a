"""Waiting for an object to become ready, or to be gone."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from sandbox.plugins.enginelog import EngineLog
from sandbox.plugins.kubernetes.client import ApiError, Client
from sandbox.plugins.kubernetes.explain import explain
from sandbox.plugins.kubernetes.objects import annotation, is_true, kind_of, metadata_of
from sandbox.plugins.kubernetes.readiness import deployment, waitfor
from sandbox.plugins.kubernetes.readiness.kinds import CHECKS, OTHER_TIMEOUT, Check
from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5  # seconds between looks
CANCELLED = "The operation was cancelled before the object was ready."


@dataclass(frozen=True, slots=True)
class Patience:
    """Who waits, for how long, and what ends it early."""

    urn: str
    timeout: float  # seconds; 0 for the kind's own
    cancelled: threading.Event
    log: EngineLog


def until_ready(
    client: Client, path: str, live: dict[str, Any], patience: Patience
) -> tuple[dict[str, Any], list[str]]:
    """Wait until the object at `path` is ready; gives it as last seen, and why it is not ready (or nothing).

    Raises Unreachable, ApiError or ValueError (an annotation that cannot be read).
    """
    if is_true(annotation(live, "pulumi.com/skipAwait")):
        return live, []
    check, timeout = _check_of(live)
    timeout = patience.timeout or _annotated_timeout(live) or timeout
    began = datetime.now(UTC)
    pause, deadline, said = FIRST_PAUSE, time.monotonic() + timeout, ""
    while True:
        verdict = _judge(client, check, live, began)
        if verdict.ready:
            return live, []
        if verdict.failed or time.monotonic() > deadline or patience.cancelled.is_set():
            return live, _reasons(client, live, verdict, timeout, patience)
        if verdict.reason != said:
            said = verdict.reason
            patience.log.status(said, patience.urn)
        patience.cancelled.wait(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
        live = client.get(path).body


def _check_of(live: dict[str, Any]) -> tuple[Check, float]:
    check, timeout = CHECKS.get(kind_of(live), (lambda _: READY, OTHER_TIMEOUT))
    own = annotation(live, "pulumi.com/waitFor")
    return (waitfor.parse(own) if own else check), timeout


def _annotated_timeout(live: dict[str, Any]) -> float:
    text = annotation(live, "pulumi.com/timeoutSeconds")
    if not text:
        return 0.0
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"pulumi.com/timeoutSeconds must be a number of seconds, not {text!r}.") from error


def _judge(client: Client, check: Check, live: dict[str, Any], began: datetime) -> Verdict:
    verdict = check(live)
    if verdict.ready or verdict.failed:
        return verdict
    kind = kind_of(live)
    if kind == ("apps", "Deployment"):
        gave_up = deployment.deadline_exceeded(live)
        # A condition from before this operation is no verdict on it.
        if gave_up and gave_up >= (began - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ"):
            return Verdict(ready=False, reason=verdict.reason, failed=True)
    if kind == ("", "PersistentVolumeClaim") and _binds_at_first_use(client, live):
        return READY
    return verdict


def _binds_at_first_use(client: Client, claim: dict[str, Any]) -> bool:
    """Whether the claim's class waits for a Pod: then Pending is as far as it gets."""
    name = (claim.get("spec") or {}).get("storageClassName")
    if not name:
        return False
    try:
        found = client.get(f"/apis/storage.k8s.io/v1/storageclasses/{name}").body
    except ApiError:
        return False
    return found.get("volumeBindingMode") == "WaitForFirstConsumer"


def _reasons(
    client: Client, live: dict[str, Any], verdict: Verdict, timeout: float, patience: Patience
) -> list[str]:
    name = metadata_of(live).get("name")
    if patience.cancelled.is_set():
        return [CANCELLED, verdict.reason]
    first = [] if verdict.failed else [f"'{name}' timed out after {timeout:g} seconds waiting to be Ready"]
    return [*first, verdict.reason, *explain(client, live)]


def not_ready(client: Client, live: dict[str, Any]) -> list[str]:
    """Why the object is not ready at this moment, without waiting; empty when it is, or when nobody asks."""
    if is_true(annotation(live, "pulumi.com/skipAwait")):
        return []
    check, _ = _check_of(live)
    verdict = _judge(client, check, live, datetime.now(UTC))
    return [] if verdict.ready else [verdict.reason, *explain(client, live)]


def until_gone(client: Client, path: str, uid: str, patience: Patience) -> str | None:
    """Wait until the object with that uid is gone; gives what keeps it when the time is over, else None."""
    pause, deadline, said = FIRST_PAUSE, time.monotonic() + patience.timeout, ""
    while True:
        try:
            live = client.get(path).body
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise
        if metadata_of(live).get("uid") != uid:
            return None
        if patience.cancelled.is_set():
            return "The operation was cancelled before the object was gone."
        if time.monotonic() > deadline:
            name = metadata_of(live).get("name")
            return f"'{name}' timed out after {patience.timeout:g} seconds: {_keeps(live)}"
        if _keeps(live) != said:
            said = _keeps(live)
            patience.log.status(f"Waiting for the deletion: {said}", patience.urn)
        patience.cancelled.wait(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _keeps(live: dict[str, Any]) -> str:
    finalizers = metadata_of(live).get("finalizers") or (live.get("spec") or {}).get("finalizers")
    held = [
        item for item in (live.get("status") or {}).get("conditions") or [] if item.get("status") == "True"
    ]
    details = "; ".join(str(item.get("message")) for item in held if "ontent" in str(item.get("type")))
    return details or (f"it is held by {', '.join(finalizers)}" if finalizers else "it is still there")
