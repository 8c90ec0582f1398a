"""What a rule says about itself, and that none is lost on the way."""

from pathlib import Path
from types import ModuleType

import pytest

from policies import rules as package
from policies.rule import Rule, load, rules

FILES = {path.stem for path in Path(next(iter(package.__path__))).glob("*.py")} - {"__init__"}


def test_every_module_is_a_rule_and_named_after_it() -> None:
    assert {rule.id.replace("-", "_") for rule in rules()} == FILES
    assert len(rules()) >= 48


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_says_what_it_asks_for_why_and_how_to_comply(rule: Rule) -> None:
    meta = rule.meta
    assert meta.title.endswith(".")
    assert meta.remediation.endswith(".")
    assert "section" in meta.clause
    assert meta.reference.startswith("https://kubernetes.io/docs/")
    assert meta.places


@pytest.mark.parametrize("missing", ["META", "check", "both"])
def test_a_module_that_is_no_rule_is_an_error(missing: str) -> None:
    module = ModuleType("policies.rules.broken")
    if missing != "META":
        vars(module)["META"] = rules()[0].meta
    if missing == "both":
        vars(module)["check"] = vars(module)["check_stack"] = print
    with pytest.raises(TypeError, match=r"policies/rules/broken.py must define META and either"):
        load(module)
