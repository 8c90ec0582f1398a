"""What a release would have earned, for trying production out: nothing was built, tested, approved or saved.

Pure: who holds the keys, and who signs which stamp.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from promotion.question import Question
from promotion.stamps import Approved, BackedUp, Built, DevTested, StagingPhase, Stamp
from promotion.trust import LocalTrust, Role, TrustedKey, key_id

PIPELINE = "simulated-pipeline"
REQUESTER = "simulated-requester"
APPROVERS = ("simulated-approver-1", "simulated-approver-2")
_NOTHING = "0" * 64
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def holders() -> Iterator[str]:
    """Who needs a key."""
    yield PIPELINE
    yield from APPROVERS


def trust(keys: Mapping[str, str], authority: str, now: datetime) -> LocalTrust:
    """Trust for a day in the keys (holder → public key), on the cluster of the authority."""
    roles: frozenset[Role] = frozenset({"builder", "tester", "backup"})
    return LocalTrust(
        authority=authority,
        keys={
            key_id(public): TrustedKey(
                public=public,
                who=who,
                kind="agent" if who == PIPELINE else "person",
                roles=roles if who == PIPELINE else frozenset({"approver"}),
                valid_from=now - _DAY,
                valid_until=now + _DAY,
            )
            for who, public in keys.items()
        },
    )


def stamps(question: Question, version: str) -> Iterator[tuple[str, Stamp]]:
    """Who signs, and what: everything that the gates ask of the release in question, earned just now."""
    wants = question.wants
    app, now, manifests = wants.app, question.now, question.manifests
    yield PIPELINE, Built(app=app, at=now - 4 * _MINUTE, version=version, commit="0" * 40)
    yield PIPELINE, DevTested(app=app, at=now - 3 * _MINUTE, manifests=manifests, result="passed")
    for phase in range(1, wants.phases + 1):
        at = now - 2 * _MINUTE
        yield PIPELINE, StagingPhase(app=app, at=at, manifests=manifests, phase=phase, result="passed")
    for person in APPROVERS[: wants.approvers]:
        yield (
            person,
            Approved(
                app=app,
                at=now - _MINUTE,
                manifests=manifests,
                phrase=wants.phrase or "",
                person=person,
                requester=REQUESTER,
            ),
        )
    saved = BackedUp(app=app, at=now, manifests=manifests, restore_point="simulated", content=_NOTHING)
    yield PIPELINE, saved
