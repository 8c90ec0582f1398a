"""Who signed had the role for it, at the time, and speaks for nobody else."""

from promotion.envelope import Sealed
from promotion.question import Question
from promotion.stamps import KINDS, Approved, kind_of
from promotion.trust import TrustedKey
from promotion.verdict import Verdict, accept, refuse

PLACE = 40


def judge(question: Question) -> Verdict:
    """Codes: `wrong-signer`, `key-not-valid`, `approval-by-proxy`."""
    for sealed in question.passport.sealed:
        for key in (one.key for one in sealed.signatures if one.key):
            verdict = _signer(question.wants.app, sealed, key)
            if verdict:
                return verdict
    return accept("every stamp is signed by somebody with the role for it")


def _signer(app: str, sealed: Sealed, key: TrustedKey) -> Verdict | None:
    stamp, kind = sealed.statement.stamp, kind_of(sealed.statement.stamp)
    role = KINDS[kind][1]
    if role not in key.roles:
        text = f"{app}: {key.who} signed a stamp `{kind}` without being {role}; let a {role} earn it"
        return refuse("wrong-signer", text, ", ".join(sorted(key.roles)), role)
    if not key.valid_from <= stamp.at < key.valid_until:
        text = (
            f"{app}: {key.who}'s key was not valid when it signed a stamp `{kind}`; earn it with a valid key"
        )
        return refuse("key-not-valid", text, f"{stamp.at}", f"{key.valid_from} to {key.valid_until}")
    if isinstance(stamp, Approved) and stamp.person != key.who:
        text = f"{app}: {key.who} signed an approval by {stamp.person}; each person signs their own"
        return refuse("approval-by-proxy", text, key.who, stamp.person)
    return None
