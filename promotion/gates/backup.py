"""What runs was saved first."""

from promotion.question import Question
from promotion.stamps import BackedUp
from promotion.verdict import Verdict, accept, refuse

PLACE = 140


def judge(question: Question) -> Verdict:
    """Code: `backup-missing`."""
    app, backups = question.wants.app, question.passport.stamps(BackedUp)
    if not backups:
        return refuse("backup-missing", f"{app}: no restore point; back it up first", "0", "1")
    return accept(f"{app}: {backups[-1].restore_point} brings back what runs", str(len(backups)), "1")
