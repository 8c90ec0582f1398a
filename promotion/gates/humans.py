"""Approvals come from people, never from agents."""

from promotion.question import Question
from promotion.stamps import Approved
from promotion.verdict import Verdict, accept, refuse

PLACE = 120


def judge(question: Question) -> Verdict:
    """Code: `agent-as-approver`."""
    for sealed in question.passport.sealed:
        agents = [one.key.who for one in sealed.signatures if one.key and one.key.kind == "agent"]
        if agents and isinstance(sealed.statement.stamp, Approved):
            text = f"{question.wants.app}: {agents[0]} is an agent and approved; a person has to"
            return refuse("agent-as-approver", text, agents[0], "a person")
    return accept(f"{question.wants.app}: no agent approved")
