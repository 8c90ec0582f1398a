"""Every rule through the real engine: what it refuses, and that without it exactly its own cases pass."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from policies.objects import Object
from policies.rule import rules
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import in_stack, spoiled, world
from tests.policies.policy_sweep import number_of, numbered, only_it_catches
from tests.policies.test_policies_engine import Analyzer, variant
from tests.policies.test_policies_promotion import stack
from tests.policies.test_policies_rules import BAD, CASES

pytestmark = pytest.mark.sandbox
# Nothing in the state says so: the fault is an object that is not there.
BY_WHAT_IS_MISSING = {"isolation-default-deny-present"}


def many_faults(env: str) -> list[Object]:
    """One stack with the faulty objects of all cases of an environment, beside the accepted ones."""
    accepted = world(env)
    objects = list(accepted.values())
    for number, case in enumerate(case for case in BAD if case.env == env):
        for name, one in case.objects.items():
            if accepted.get(name) != one:
                objects.append(spoiled(one, "metadata/annotations/tests-case", str(number)))
    return [
        replace(one, urn=f"{one.urn}-{number}", protect=None if number % 2 else one.protect)
        for number, one in enumerate(in_stack(env, objects))
    ]


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_pack_says_of_many_faults_what_the_rules_say(
    tools: dict[str, str], tmp_path: Path, env: str
) -> None:
    items = many_faults(env)
    said = {one for found in Analyzer(tools, tmp_path).by_urn(env, items).values() for one in found}
    expected = {(one.rule.id, one.text) for one in judge().everything(items, "preview")}
    ours = {one for one in said if not one[0].startswith("promotion-")}
    assert ours == expected
    assert {rule for rule, _ in expected} >= {
        case.rule for case in BAD if case.env == env
    } - BY_WHAT_IS_MISSING


def few(env: str) -> list[Case]:
    """Of each rule the first cases of an environment: more alike would only cost the engine time."""
    own = [case for case in CASES if case.env == env]
    return [case for case in own if [one for one in own if one.rule == case.rule].index(case) < FEW]


FEW = 3
SWEPT = {env: few(env) for env in ("dev", "staging", "prod")}


@pytest.mark.parametrize("env", list(SWEPT))
@pytest.mark.parametrize("without_own", [False, True])
def test_each_case_alone_with_and_without_its_rule(
    tools: dict[str, str],
    tmp_path: Path,
    env: str,
    without_own: bool,  # noqa: FBT001 - a row of a table
) -> None:
    cases = SWEPT[env]
    prelude = "import policies.judge\nfrom tests.policies.policy_sweep import Sweep\n"
    prelude += "from tests.policies.test_policies_sweep import SWEPT\n"
    prelude += f"policies.judge.Judge = lambda *_: Sweep(SWEPT[{env!r}], without_own={without_own})\n"
    pack = variant(tmp_path, prelude)
    items = [one for number, case in enumerate(cases) for one in numbered(case, number)]
    found = Analyzer(tools, tmp_path, pack).by_urn(env, items)
    said: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for urn_, texts in found.items():
        said[number_of(urn_)] |= texts
    for number, case in enumerate(cases):
        rule = case.rule if without_own else ""
        expected = {(one.rule.id, one.text) for one in findings(case, without=rule)}
        assert said[number] == expected, case.id
        if without_own:
            assert not expected or not only_it_catches(case), case.id


# Rule, environment, what the pack is told, and whether it then refuses.
EVIDENCE = """
from datetime import datetime
import policies.clock
from tests.policies.policy_release import evidence_of, release_for
from tests.policies.test_policies_critical_apps import STANDARD
from tests.policies.test_policies_promotion import VERSION, WANTS, stack
RELEASE = release_for(WANTS, stack(), VERSION) if {released} else None
policies.clock.evidence_now = lambda: evidence_of({wants}, RELEASE, datetime.fromisoformat({at!r}))
"""
WITHOUT = """
import policies.rule
KEPT = tuple(one for one in policies.rule.rules() if one.id != {rule!r})
policies.rule.rules = lambda: KEPT
"""
AT_ITS_TIME = "2026-11-23T16:00+00:00"  # the release's own, in tests/promotion
PROMOTION = {
    "promotion-staging-in-its-slot": {"wants": "WANTS", "released": True, "at": "2026-11-23T15:00+00:00"},
    "promotion-release-admitted": {"wants": "WANTS", "released": False, "at": AT_ITS_TIME},
    "promotion-critical-apps-stay-critical": {"wants": "STANDARD", "released": True, "at": AT_ITS_TIME},
}


@pytest.mark.parametrize("rule", list(PROMOTION))
@pytest.mark.parametrize("without_own", [False, True])
def test_a_promotion_is_refused_by_its_own_rule_alone(
    tools: dict[str, str], tmp_path: Path, rule: str, *, without_own: bool
) -> None:
    env = "staging" if "staging" in rule else "prod"
    prelude = EVIDENCE.format(**PROMOTION[rule]) + (WITHOUT.format(rule=rule) if without_own else "")
    verdict = Analyzer(tools, tmp_path, variant(tmp_path, prelude))(env, stack(env))
    assert verdict.violations == (set() if without_own else {(rule, "mandatory")}), verdict.text
    assert verdict.code == int(not without_own)


def test_every_rule_is_swept() -> None:
    alone = {
        case.rule for cases in SWEPT.values() for case in cases if case.message and only_it_catches(case)
    }
    assert alone | set(PROMOTION) == {rule.id for rule in rules()}
