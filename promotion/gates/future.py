"""No stamp is from the future."""

from promotion.question import Question
from promotion.stamps import kind_of
from promotion.verdict import Verdict, accept, refuse

PLACE = 50


def judge(question: Question) -> Verdict:
    """Code: `from-the-future`, with the moment at which the stamp's time has come."""
    latest = question.now + question.freshness.skew
    for sealed in question.passport.sealed:
        stamp = sealed.statement.stamp
        if stamp.at > latest:
            text = (
                f"{question.wants.app}: a stamp `{kind_of(stamp)}` is from the future; set the clocks right"
            )
            verdict = refuse("from-the-future", text, f"{stamp.at}", f"{latest}")
            return verdict.model_copy(update={"next_possible": stamp.at - question.freshness.skew})
    return accept("no stamp is from the future", threshold=f"{latest}")
