"""Enough different people approved."""

from promotion.question import Question
from promotion.stamps import Approved
from promotion.verdict import Verdict, accept, refuse

PLACE = 100


def judge(question: Question) -> Verdict:
    """Codes: `not-approved`, `one-approver-twice`, `approver-missing`."""
    app, needed = question.wants.app, question.wants.approvers
    approvals = question.passport.stamps(Approved)
    people = sorted({one.person.casefold() for one in approvals})
    measured = f"{len(people)}: {', '.join(people)}" if people else "0"
    if len(people) >= needed:
        return accept(f"{app}: approved by enough people", measured, str(needed))
    if not people:
        text = f"{app}: nobody approved it; {needed} of the approvers have to type the phrase"
        return refuse("not-approved", text, measured, str(needed))
    if len(approvals) >= needed:
        text = f"{app}: {people[0]} approved more than once; {needed} different people have to (D-10)"
        return refuse("one-approver-twice", text, measured, str(needed))
    text = f"{app}: approved by {len(people)} of {needed} people; another one has to type the phrase"
    return refuse("approver-missing", text, measured, str(needed))
