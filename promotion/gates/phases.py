"""All eight phases passed on staging, each once."""

from collections import Counter

from promotion.question import Question
from promotion.stamps import StagingPhase
from promotion.verdict import Verdict, accept, refuse

PLACE = 90


def judge(question: Question) -> Verdict:
    """Codes: `phase-twice`, `phase-failed`, `phase-skipped`, `phase-missing`; other tiers need no phase."""
    app, seen = question.wants.app, question.passport.stamps(StagingPhase)
    needed = range(1, question.wants.phases + 1)
    passed = f"{sum(one.result == 'passed' for one in seen)} of {len(needed)}"
    twice = sorted(phase for phase, count in Counter(one.phase for one in seen).items() if count > 1)
    if twice:
        text = (
            f"{app}: phase {_list(twice)} was stamped more than once; run all eight anew for a new passport"
        )
        return refuse("phase-twice", text, passed, f"{len(needed)}")
    for result, code in (("failed", "phase-failed"), ("skipped", "phase-skipped")):
        bad = sorted(one.phase for one in seen if one.result == result)
        if bad:
            text = (
                f"{app}: phase {_list(bad)} {result} on staging; mend it and run all eight in its next slot"
            )
            return refuse(code, text, passed, f"{len(needed)}")
    missing = sorted(set(needed) - {one.phase for one in seen})
    if missing:
        text = f"{app}: phase {_list(missing)} is missing; run it in the app's next slot"
        return refuse("phase-missing", text, passed, f"{len(needed)}")
    return accept(f"{app}: {passed} phases passed on staging", passed, f"{len(needed)}")


def _list(phases: list[int]) -> str:
    return ", ".join(str(one) for one in phases)
