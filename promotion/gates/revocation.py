"""Nothing of it was revoked or rolled back."""

from promotion.question import Question
from promotion.stamps import Revoked
from promotion.verdict import Verdict, accept, refuse

PLACE = 60


def judge(question: Question) -> Verdict:
    """Codes: `revoked`, `quarantined`. Neither ends; what ran before is no exception."""
    app = question.wants.app
    for revoked in question.passport.stamps(Revoked):
        text = f"{app}: the release was revoked ({revoked.reason}); build a new one"
        return refuse("revoked", text, f"{revoked.at}")
    bad = sorted(
        name for name, one in question.images.items() if one.rpartition("@")[2] in question.quarantined
    )
    if bad:
        text = f"{app}: {', '.join(bad)} was rolled back and is in quarantine; build a new release"
        return refuse("quarantined", text, ", ".join(bad))
    return accept(f"{app}: nothing of the release is revoked or in quarantine")
