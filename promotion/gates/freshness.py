"""Tests, approvals and backup are recent; what ran in production and was verified stays deployable."""

from datetime import timedelta

from promotion.question import Question
from promotion.stamps import Approved, BackedUp, DevTested, StagingPhase, Stamp, kind_of
from promotion.verdict import Verdict, accept, refuse

PLACE = 160


def judge(question: Question) -> Verdict:
    """Code: `expired`. Of several backups the newest counts, of everything else the oldest."""
    app = question.wants.app
    if question.verified:
        return accept(f"{app}: this ran in production and was verified; its evidence does not grow too old")
    for stamp, limit in _aging(question):
        age = question.now - stamp.at
        if age >= limit:
            text = f"{app}: a stamp `{kind_of(stamp)}` is {age} old and counts for {limit}; earn it again"
            return refuse("expired", text, str(age), str(limit))
    return accept(f"{app}: all evidence is recent")


def _aging(question: Question) -> list[tuple[Stamp, timedelta]]:
    passport, limits = question.passport, question.freshness
    tests: tuple[Stamp, ...] = (*passport.stamps(DevTested), *passport.stamps(StagingPhase))
    found: list[tuple[Stamp, timedelta]] = []
    found += [(one, limits.tested) for one in tests]
    found += [(one, limits.approved) for one in passport.stamps(Approved)]
    newest = sorted(passport.stamps(BackedUp), key=lambda one: one.at)[-1:]
    return found + [(one, limits.backed_up) for one in newest]
