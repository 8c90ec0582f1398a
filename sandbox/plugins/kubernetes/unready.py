"""`pulumi.com/replaceUnready: "true"` on a Job: one that is not complete is made anew by the next update.

Without it a failed Job stays failed, because its template cannot change in place.
"""

from sandbox.plugins.kubernetes import lookup
from sandbox.plugins.kubernetes.client import ApiError, Unreachable
from sandbox.plugins.kubernetes.diff import Change
from sandbox.plugins.kubernetes.lookup import Known
from sandbox.plugins.kubernetes.objects import annotation, is_true
from sandbox.plugins.kubernetes.operations import Session
from sandbox.plugins.kubernetes.readiness import job
from sandbox.plugins.values import Value, reveal

ANNOTATION = "pulumi.com/replaceUnready"
CHANGE = Change(("metadata", "annotations", ANNOTATION), "update", replace=True)


def unready(session: Session, known: Known, inputs: dict[str, Value]) -> list[Change]:
    """The change that replaces the object, or none: it is ready, gone, out of reach, or nobody asked."""
    if not known.token.endswith(":Job") or not is_true(annotation(reveal(inputs), ANNOTATION)):
        return []
    try:
        live = lookup.find_live(session, known)
    except (ApiError, Unreachable) as error:
        session.log.warn_once(f"{ANNOTATION} is not looked at: {error}", known.urn)
        return []
    return [CHANGE] if live is not None and not job.check(live).ready else []
