"""The guards as each stack's program renders them: word for word, labelled, and only on request."""

import pytest

from policies.admission import admission
from policies.objects import Environment, Object
from policies.rule import ALL_ENVIRONMENTS
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import Manifest, token_of, urn
from tests.rendered import rendered

KINDS = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}


def key(one: Manifest) -> tuple[str, str]:
    return one["kind"], one["metadata"]["name"]


@pytest.mark.parametrize("environment", ALL_ENVIRONMENTS)
def test_the_program_renders_the_guards_word_for_word(environment: Environment) -> None:
    without = {key(one) for one in rendered(environment)}
    everything = rendered(environment, admission="true")
    added = {key(one): one for one in everything if key(one) not in without}
    meant = {key(one): one for one in admission(environment)}
    assert set(added) == set(meant)
    for name, one in added.items():
        labels = one["metadata"].pop("labels")
        assert labels["blueocean.io/environment"] == environment
        assert labels["blueocean.io/stack"] == f"blueocean.{environment}"
        assert one == meant[name], name


@pytest.mark.parametrize("environment", ALL_ENVIRONMENTS)
def test_the_guards_break_no_rule_themselves(environment: Environment) -> None:
    manifests = rendered(environment, admission="true")
    # What a render cannot show, protection, is judged where the program runs.
    items = [
        Object(one, urn(environment, one), one["kind"] == "PersistentVolumeClaim", token_of(one))
        for one in manifests
    ]
    assert {item.kind for item in items} >= KINDS
    assert [one.text for one in judge().everything(items, "preview")] == []


@pytest.mark.parametrize("environment", ALL_ENVIRONMENTS)
def test_nobody_is_guarded_unasked(environment: Environment) -> None:
    assert not {one["kind"] for one in rendered(environment)} & KINDS
