"""First tested, then approved, then backed up: nobody approves what is still being tested."""

from datetime import datetime

from promotion.question import Question
from promotion.stamps import Approved, BackedUp, DevTested, StagingPhase
from promotion.verdict import Verdict, accept, refuse

PLACE = 155


def judge(question: Question) -> Verdict:
    """Codes: `approved-before-tested`, `backed-up-before-approved`. Of several backups the newest counts."""
    app, passport, skew = question.wants.app, question.passport, question.freshness.skew
    tested = [one.at for one in (*passport.stamps(DevTested), *passport.stamps(StagingPhase))]
    approved = [one.at for one in passport.stamps(Approved)]
    saved = [one.at for one in passport.stamps(BackedUp)]
    if tested and approved and min(approved) < max(tested) - skew:
        text = f"{app}: it was approved before its tests ended; approve it again"
        return refuse("approved-before-tested", text, *_moments(min(approved), max(tested)))
    if approved and saved and max(saved) < max(approved) - skew:
        text = f"{app}: it was backed up before it was approved; back it up again"
        return refuse("backed-up-before-approved", text, *_moments(max(saved), max(approved)))
    return accept(f"{app}: tested, approved and backed up in this order")


def _moments(measured: datetime, threshold: datetime) -> tuple[str, str]:
    return f"{measured}", f"after {threshold}"
