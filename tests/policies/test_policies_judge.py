"""What cannot be judged does not pass; what somebody answers for stays visible."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pulumi_policy.proxy import UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies.judge import Judge
from policies.objects import Object
from policies.rule import Context, Rule, rules
from policies.waivers import Waiver, Waivers
from tests.policies.policy_cases import TODAY, judge
from tests.policies.policy_objects import Manifest, deployment, spoiled, token_of, urn

FIRST = "spec/template/spec/containers/0"


def found(subject: Manifest, using: Judge | None = None) -> set[tuple[str, str]]:
    """The findings on an object as the engine hands it over at preview."""
    item = Object(unknown_checking_proxy(subject), urn("prod", subject), False, token_of(subject))  # noqa: FBT003 - unprotected
    return {(one.rule.id, one.message) for one in (using or judge()).one(item, "preview")}


def test_what_the_engine_hands_over_is_accepted_when_it_is_right() -> None:
    assert found(deployment("prod")) == set()


def test_an_unknown_value_that_a_rule_needs_is_a_violation() -> None:
    subject = spoiled(deployment("prod"), f"{FIRST}/image", UNKNOWN_STRING_VALUE)
    sentence = "the rule could not judge it, an unknown value at .spec.template.spec.containers.0.image"
    assert found(subject) == {
        ("images-by-digest", sentence),
        ("images-from-our-registry", sentence),
        ("images-not-latest", sentence),
    }


def test_an_unknown_value_that_no_rule_needs_is_none() -> None:
    subject = spoiled(deployment("prod"), "spec/progressDeadlineSeconds", UNKNOWN_NUMBER_VALUE)
    subject = spoiled(subject, "spec/template/metadata/annotations", {"sum": UNKNOWN_STRING_VALUE})
    subject["spec"]["template"]["metadata"]["annotations"] = {"checksum": UNKNOWN_STRING_VALUE}
    assert found(subject) == set()


def test_an_unknown_pod_is_refused_by_every_rule_that_looks_into_pods() -> None:
    subject = spoiled(deployment("prod"), "spec/template", UNKNOWN_STRING_VALUE)
    pods = {rule.id for rule in rules() if rule.check and "Deployment" in rule.meta.kinds}
    # Not its environment; not its room.
    pods -= {"resources-dev-runs-one-replica", "data-administration-reviewed"}
    assert {rule for rule, _ in found(subject)} >= pods


@pytest.mark.parametrize("broken", ["text", 7, ["a"], True])
def test_nonsense_in_place_of_a_pod_is_refused(broken: object) -> None:
    assert found(spoiled(deployment("prod"), "spec/template/spec", broken))


def test_an_object_without_a_pod_is_refused() -> None:
    subject = deployment("prod")
    del subject["spec"]["template"]
    assert ("pods-not-privileged", "the rule could not judge it, KeyError") in found(subject)


def test_a_rule_that_raises_is_a_violation_without_the_errors_words() -> None:
    def check(_item: Object, _context: Context) -> Iterator[str]:
        raise RuntimeError("the password is hunter2")

    rule = Rule("raises", rules()[0].meta, check, None)
    using = replace(judge(), rules=[rule])
    assert found(deployment("prod"), using) == {("raises", "the rule could not judge it, RuntimeError")}


def test_a_rule_for_stacks_that_raises_is_a_violation() -> None:
    def check(_items: object, _context: Context) -> Iterator[tuple[Object, str]]:
        raise RuntimeError

    using = replace(judge(), rules=[Rule("raises", rules()[0].meta, None, check)])
    assert [one.message for one in using.all([Object(deployment("prod"))], "live")] == [
        "the rule could not judge it, RuntimeError"
    ]


def test_an_object_of_no_known_environment_is_judged_by_every_environments_rules() -> None:
    subject = spoiled(deployment("prod"), "metadata/namespace", "somewhere")
    subject["metadata"]["labels"] = {}
    assert {rule.id for rule in rules() if rule.claims(Object(subject))} >= {
        "resources-dev-runs-one-replica",
        "isolation-namespace-known",
    }


def waived(expires: date) -> Judge:
    waiver = Waiver(
        rule="images-not-latest",
        resource="Deployment/blueocean-nextgen-prod/nextgen-api-*",
        reason="the vendor's image has no other tag",
        owner="Ada",
        expires=expires,
        ticket="OPS-1",
    )
    return replace(judge(), waivers=Waivers(waivers=(waiver,)))


@pytest.mark.parametrize(("expires", "counts"), [(TODAY, True), (date(2026, 11, 22), False)])
def test_a_waiver_counts_up_to_its_last_day_and_stays_visible(expires: date, counts: bool) -> None:  # noqa: FBT001 - a row of a table
    image = deployment("prod")["spec"]["template"]["spec"]["containers"][0]["image"]
    subject = spoiled(deployment("prod"), f"{FIRST}/image", image.replace(":1.4.0@", ":latest@"))
    (finding,) = waived(expires).one(Object(subject), "live")
    assert (finding.waiver is not None) is counts
    assert ("Waived until 2026-11-23 by Ada (OPS-1)." in finding.text) is counts


def test_a_waiver_covers_no_other_object() -> None:
    subject = spoiled(deployment("prod", "nextgen-web"), f"{FIRST}/image", "x:latest")
    assert all(one.waiver is None for one in waived(TODAY).one(Object(subject), "live"))
