"""It passed the tests in dev."""

from promotion.question import Question
from promotion.stamps import DevTested
from promotion.verdict import Verdict, accept, refuse

PLACE = 80


def judge(question: Question) -> Verdict:
    """Codes: `dev-tests-missing`, `dev-tests-failed`."""
    app, tested = question.wants.app, question.passport.stamps(DevTested)
    if not tested:
        return refuse("dev-tests-missing", f"{app}: not tested in dev; run its tests there", "none", "passed")
    results = sorted({one.result for one in tested})
    if results != ["passed"]:
        text = f"{app}: the tests in dev ended {', '.join(results)}; mend it and build a new release"
        return refuse("dev-tests-failed", text, ", ".join(results), "passed")
    return accept(f"{app}: passed the tests in dev", "passed", "passed")
