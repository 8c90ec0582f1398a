"""Everybody who approved typed the app's phrase, code point by code point."""

from promotion.phrase import difference
from promotion.question import Question
from promotion.stamps import Approved
from promotion.verdict import Verdict, accept, refuse

PLACE = 130


def judge(question: Question) -> Verdict:
    """Codes: `wrong-phrase` with the first code point that differs; `no-phrase` for a critical app without.

    Apps of the other tiers are compared only where the catalogue gives a phrase.
    """
    app, phrase = question.wants.app, question.wants.phrase
    if not phrase:
        if question.wants.tier == "critical":
            return refuse("no-phrase", f"{app} is critical and has no phrase; the catalogue has to give one")
        return accept(f"{app} needs no phrase")
    for approval in question.passport.stamps(Approved):
        found = difference(phrase, approval.phrase)
        if found:
            text = f"{app}: {approval.person} typed another phrase, {found}; type it exactly"
            return refuse("wrong-phrase", text, found.got, found.expected)
    return accept(f"{app}: the phrase was typed exactly")
