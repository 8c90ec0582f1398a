"""The images come from one known commit."""

from promotion.question import Question
from promotion.stamps import Built
from promotion.verdict import Verdict, accept, refuse

PLACE = 70


def judge(question: Question) -> Verdict:
    """Codes: `not-built`, `built-twice`."""
    app, built = question.wants.app, question.passport.stamps(Built)
    if not built:
        return refuse("not-built", f"{app}: no build stamp; build the images in the pipeline", "0", "1")
    if len(built) > 1:
        text = f"{app}: {len(built)} build stamps; a release is built once, make a new one"
        return refuse("built-twice", text, str(len(built)), "1")
    return accept(f"{app}: built from {built[0].commit[:12]}", "1", "1")
