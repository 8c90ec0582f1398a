"""What is rendered now is what was tested, approved and backed up for."""

from promotion.question import Question
from promotion.stamps import Built, Revoked, kind_of
from promotion.verdict import Verdict, accept, refuse

PLACE = 150


def judge(question: Question) -> Verdict:
    """Code: `manifests-differ`. Every stamp that speaks of manifests has to speak of these."""
    for sealed in question.passport.sealed:
        stamp = sealed.statement.stamp
        if not isinstance(stamp, Built | Revoked) and stamp.manifests != question.manifests:
            text = (
                f"{question.wants.app}: the manifests changed since the stamp `{kind_of(stamp)}`; "
                "test and approve what is rendered now"
            )
            return refuse("manifests-differ", text, stamp.manifests[:12], question.manifests[:12])
    return accept(f"{question.wants.app}: the manifests are those of all stamps", question.manifests[:12])
