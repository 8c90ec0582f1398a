"""Every rule by its cases: what it refuses, in which words, and what it accepts."""

import importlib
import pkgutil

import pytest

from policies.rule import rules
from tests.policies import cases
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import world

CASES: list[Case] = [
    case
    for module in sorted(found.name for found in pkgutil.iter_modules(cases.__path__))
    for case in importlib.import_module(f"tests.policies.cases.{module}").CASES
]
BAD = [case for case in CASES if case.message is not None]
GOOD = [case for case in CASES if case.message is None]
RULES = {rule.id: rule for rule in rules()}
IDS = [rule.id for rule in rules() if not rule.id.startswith("promotion-")]  # have tests of their own


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_accepted_stack_breaks_no_rule(env: str) -> None:
    assert [one.text for one in findings(Case("", "", env, None, world(env)))] == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.id)
def test_a_fault_is_refused_in_these_words(case: Case) -> None:
    assert (case.rule, case.message) in [(one.rule.id, one.message) for one in findings(case)]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.id)
def test_what_is_right_is_accepted(case: Case) -> None:
    assert [one.text for one in findings(case) if one.rule.id == case.rule] == []


@pytest.mark.parametrize(
    "case", [case for case in BAD if RULES[case.rule].check_stack], ids=lambda case: case.id
)
def test_who_is_blamed_does_not_depend_on_the_order_of_objects(case: Case) -> None:
    there, back = (list(judge().all(items, "state")) for items in (case.items, case.items[::-1]))
    assert [(one.item.urn, one.text) for one in back] == [(one.item.urn, one.text) for one in there]


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_has_a_mutant_that_only_it_catches(rule: str) -> None:
    own = [case for case in BAD if case.rule == rule and {one.rule.id for one in findings(case)} == {rule}]
    assert own, f"every fault for {rule} is caught by another rule too"
    for case in own:
        assert findings(case, without=rule) == [], f"{case.id} is refused without the rule"


def test_every_case_names_a_rule_that_exists() -> None:
    assert {case.rule for case in CASES} == set(IDS)
