"""What is to be deployed is, by digest, exactly what every stamp speaks of."""

import re

from promotion.question import Question
from promotion.verdict import Verdict, accept, refuse

PLACE = 20
_BY_DIGEST = re.compile(r"[^@\s]+@sha256:([0-9a-f]{64})")


def judge(question: Question) -> Verdict:
    """Codes: `tag-for-digest`, `image-missing`, `another-images-passport`."""
    app, digests = question.wants.app, {}
    for name, reference in question.images.items():
        match = _BY_DIGEST.fullmatch(reference)
        if not match:
            text = f"{app}: {name} is named by tag; name it by digest, a tag can move"
            return refuse("tag-for-digest", text, reference, "…@sha256:…")
        digests[name] = match[1]
    if set(digests) != question.wants.images:
        difference = ", ".join(sorted(set(digests) ^ question.wants.images))
        text = f"{app}: its images and those to be deployed differ in {difference}; release all together"
        return refuse("image-missing", text, difference, ", ".join(sorted(question.wants.images)))
    for sealed in question.passport.sealed:
        wrong = sorted(name for name in digests if sealed.statement.images.get(name) != digests[name])
        if wrong or len(sealed.statement.images) != len(digests):
            text = f"{app}: a stamp speaks of other images than those to be deployed; use their own passport"
            return refuse("another-images-passport", text, _short(sealed.statement.images), _short(digests))
    return accept(f"{app}: all stamps speak of these images", _short(digests))


def _short(digests: dict[str, str]) -> str:
    return ", ".join(f"{name}@{digest[:12]}" for name, digest in sorted(digests.items()))
