"""Shared staging by the clock: only the owner of the slot may be present; moments by hand, in Paris."""

from dataclasses import replace
from datetime import datetime

import pytest

from policies.evidence import Evidence, EvidenceError
from policies.judge import Judge
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import Manifest, deployment, in_stack, labels, manifest, spoiled, world
from tests.policies.policy_release import evidence_of
from tests.policies.test_policies_promotion import WANTS

RULE = "promotion-staging-in-its-slot"
REFUSED = "slot-not-owner: staging {whose}; wait for nextgen's next slot at {when}"


def asking(at: str, evidence: Evidence | None = None) -> Judge:
    base = judge(promotion=True)
    found = evidence or evidence_of(WANTS, None, datetime.fromisoformat(at))
    return replace(base, context=replace(base.context, evidence=lambda: found))


def said(at: str, objects: dict[str, Manifest] | None = None) -> list[tuple[str, str]]:
    items = in_stack("staging", list((objects or world("staging")).values()))
    return [(one.rule.id, one.message) for one in asking(at).everything(items, "preview")]


def owned(app: str, subject: Manifest) -> Manifest:
    return spoiled(subject, "metadata/labels", labels("staging", app))


@pytest.mark.parametrize("at", ["2026-11-23T12:00+01:00", "2026-11-23T14:59:59+01:00", "2026-07-01T10:00Z"])
def test_in_its_own_slot_an_app_is_welcome(at: str) -> None:
    assert said(at) == []


@pytest.mark.parametrize(
    ("at", "whose", "when"),
    [
        ("2026-11-23T11:59+01:00", "belongs to nextstep until 12:00", "2026-11-23 12:00 CET"),
        ("2026-11-23T15:00+01:00", "belongs to kreach until 18:00", "2026-11-24 12:00 CET"),
        ("2026-11-23T03:00+01:00", "is nobody's", "2026-11-23 12:00 CET"),
        ("2026-11-23T10:30-05:00", "belongs to kreach until 18:00", "2026-11-24 12:00 CET"),
    ],
)
def test_outside_of_it_only_this_rule_refuses_and_says_when(at: str, whose: str, when: str) -> None:
    assert said(at) == [(RULE, REFUSED.format(whose=whose, when=when))]
    without = judge(without=RULE, promotion=True)
    items = in_stack("staging", list(world("staging").values()))
    assert list(without.everything(items, "preview")) == []


def test_who_waits_with_nothing_running_is_no_violation() -> None:
    objects = world("staging")
    objects["deployment"] = spoiled(objects["deployment"], "spec/replicas", 0)
    del objects["ingress"]
    assert said("2026-11-23T03:00+01:00", objects) == []


def test_a_route_alone_is_presence() -> None:
    objects = world("staging")
    objects["deployment"] = spoiled(objects["deployment"], "spec/replicas", 0)
    assert [rule for rule, _ in said("2026-11-23T03:00+01:00", objects)] == [RULE]


def test_a_workload_that_does_not_say_how_many_is_present() -> None:
    objects = world("staging")
    del objects["deployment"]["spec"]["replicas"], objects["ingress"]
    assert RULE in {rule for rule, _ in said("2026-11-23T03:00+01:00", objects)}


@pytest.mark.parametrize(
    ("app", "sentence"), [("fifth", "fifth has no slot on staging"), ("", " has no slot on staging")]
)
def test_an_app_without_a_slot_has_no_time(app: str, sentence: str) -> None:
    objects = world("staging")
    for name in ("deployment", "ingress"):
        objects[name] = owned(app, objects[name])
    assert any(rule == RULE and sentence in message for rule, message in said("2026-11-23T13:00Z", objects))


RUNNING = {
    "Pod": {"spec": deployment("staging")["spec"]["template"]["spec"]},
    "DaemonSet": {"spec": {"template": deployment("staging")["spec"]["template"]}},
    "Job": {"spec": {"template": deployment("staging")["spec"]["template"]}},
}


@pytest.mark.parametrize("kind", list(RUNNING))
def test_whatever_runs_pods_is_presence(kind: str) -> None:
    objects = world("staging")
    objects["deployment"] = spoiled(objects["deployment"], "spec/replicas", 0)
    del objects["ingress"]
    assert said("2026-11-23T03:00+01:00", objects) == []
    objects["other"] = manifest(kind, "nextgen-other", "staging", **RUNNING[kind])
    assert RULE in {rule for rule, _ in said("2026-11-23T03:00+01:00", objects)}


def test_a_forged_owner_makes_nobody_absent() -> None:
    objects = world("staging")
    forged = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "7", "controller": True}]
    objects["deployment"] = spoiled(objects["deployment"], "metadata/ownerReferences", forged)
    del objects["ingress"]
    assert RULE in {rule for rule, _ in said("2026-11-23T03:00+01:00", objects)}
    objects["deployment"] = spoiled(objects["deployment"], "spec/replicas", 50)
    assert "resources-staging-fits-the-totals" in {rule for rule, _ in said("2026-11-23T13:00Z", objects)}


def test_other_namespaces_have_no_clock() -> None:
    items = in_stack("dev", list(world("dev").values()))
    assert list(asking("2026-11-23T03:00+01:00").everything(items, "preview")) == []


def test_a_calendar_that_cannot_be_read_refuses() -> None:
    def unreadable() -> Evidence:
        raise EvidenceError("evidence-unreadable", "the evidence cannot be read")

    base = judge(promotion=True)
    using = replace(base, context=replace(base.context, evidence=unreadable))
    items = in_stack("staging", list(world("staging").values()))
    assert [(one.rule.id, one.message) for one in using.everything(items, "live")] == [
        (RULE, "evidence-unreadable: the evidence cannot be read")
    ]


def test_nobody_can_waive_it() -> None:
    assert not next(one for one in judge(promotion=True).rules if one.id == RULE).meta.waivable
