"""Every stamp is signed, by trusted keys only, and unchanged since."""

from promotion.envelope import Sealed
from promotion.question import Question
from promotion.stamps import kind_of
from promotion.verdict import Verdict, accept, refuse

PLACE = 30


def judge(question: Question) -> Verdict:
    """Codes: `unsigned`, `unknown-signer`, `changed-after-signing`."""
    for sealed in question.passport.sealed:
        verdict = _stamp(question.wants.app, sealed)
        if verdict:
            return verdict
    return accept("every stamp is signed and unchanged", f"{len(question.passport.sealed)} stamps")


def _stamp(app: str, sealed: Sealed) -> Verdict | None:
    kind = kind_of(sealed.statement.stamp)
    if not sealed.signatures:
        return refuse("unsigned", f"{app}: a stamp `{kind}` is unsigned; earn it again", "0 signatures", "1")
    strangers = [one.key_id for one in sealed.signatures if one.key is None]
    if strangers:
        text = f"{app}: a stamp `{kind}` is signed by a key that nobody trusts; earn it with a trusted one"
        return refuse(
            "unknown-signer", text, ", ".join(one[:12] for one in strangers), "a key of the trust roots"
        )
    if not all(one.intact for one in sealed.signatures):
        text = f"{app}: a stamp `{kind}` was changed after it was signed; earn it again"
        return refuse("changed-after-signing", text)
    return None
