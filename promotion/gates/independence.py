"""Nobody approves what they asked for themselves."""

from promotion.question import Question
from promotion.stamps import Approved
from promotion.verdict import Verdict, accept, refuse

PLACE = 110


def judge(question: Question) -> Verdict:
    """Codes: `approver-is-requester`, `another-request`. Names are compared without regard to case."""
    app, approvals = question.wants.app, question.passport.stamps(Approved)
    requesters = {one.requester.casefold() for one in approvals}
    if question.requester:
        requesters.add(question.requester.casefold())
    own = sorted(one.person for one in approvals if one.person.casefold() in requesters)
    if own:
        text = f"{app}: {own[0]} asked for the deployment and approved it; somebody else has to approve"
        return refuse("approver-is-requester", text, own[0], "another person")
    if len(requesters) > 1 and not question.verified:
        names = ", ".join(sorted(requesters))
        text = f"{app}: the approvals answer different requests ({names}); approve this one"
        return refuse("another-request", text, names, "one requester")
    return accept(f"{app}: nobody approved their own request")
