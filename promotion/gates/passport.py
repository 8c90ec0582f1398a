"""There is a passport, it can be read, and it is this app's."""

from promotion.question import Question
from promotion.stamps import Built
from promotion.verdict import Verdict, accept, refuse

PLACE = 10


def judge(question: Question) -> Verdict:
    """Codes: `no-passport`, `malformed-passport`, `another-apps-passport`, `another-versions-passport`."""
    app, passport = question.wants.app, question.passport
    if passport.fault:
        return refuse(passport.fault, f"{app}: {passport.explanation}; promote the release through staging")
    named = {passport.app, *(one.statement.stamp.app for one in passport.sealed)}
    if named != {app}:
        other = ", ".join(sorted(named - {app}))
        text = f"the passport speaks of {other}, not of {app} alone; use {app}'s own"
        return refuse("another-apps-passport", text, other, app)
    for built in passport.stamps(Built):
        if built.version != passport.version:
            text = (
                f"{app}: version {built.version} was built, the passport says {passport.version}; use its own"
            )
            return refuse("another-versions-passport", text, built.version, passport.version)
    return accept(f"{app} {passport.version} has a passport", passport.app, app)
