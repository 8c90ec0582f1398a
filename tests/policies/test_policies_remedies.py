"""What is set where an object says nothing; what it says stays."""

import copy

from policies.objects import Object
from policies.remedies import remedy
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import REMOVE, Manifest, deployment, spoiled, world

POD = "spec/template/spec"
OPEN = [
    f"{POD}/automountServiceAccountToken",
    f"{POD}/securityContext/seccompProfile",
    f"{POD}/containers/0/securityContext/allowPrivilegeEscalation",
]


def open_deployment() -> Manifest:
    subject = deployment("dev")
    for path in OPEN:
        subject = spoiled(subject, path, REMOVE)
    return subject


def test_what_is_missing_is_set_and_then_no_rule_is_broken() -> None:
    subject = open_deployment()
    assert {one.rule.id for one in judge().one(Object(subject), "live")} == {
        "identity-no-default-token",
        "pods-seccomp-confined",
        "pods-no-privilege-escalation",
    }
    assert remedy(Object(subject)) == [
        "automountServiceAccountToken",
        "securityContext.seccompProfile",
        "api: securityContext.allowPrivilegeEscalation",
    ]
    assert subject == deployment("dev")
    assert list(judge().one(Object(subject), "live")) == []


def test_what_an_object_says_stays_even_when_it_is_wrong() -> None:
    for path, value in zip(OPEN, (True, {"type": "Unconfined"}, True), strict=True):
        subject = spoiled(deployment("dev"), path, value)
        before = copy.deepcopy(subject)
        assert remedy(Object(subject)) == []
        assert subject == before


def test_a_service_account_gets_no_token_by_default() -> None:
    subject = spoiled(world("dev")["account"], "automountServiceAccountToken", REMOVE)
    assert remedy(Object(subject)) == ["automountServiceAccountToken"]
    assert subject["automountServiceAccountToken"] is False


def test_other_objects_are_left_alone() -> None:
    for name, subject in world("prod").items():
        assert remedy(Object(subject)) == [], name
