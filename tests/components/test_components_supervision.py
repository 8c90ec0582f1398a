"""What supervision may read, who gets the token, and which addresses it is let through to."""

import pytest

from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components.application import Application
from components.supervision import api_servers
from components.surroundings import Surroundings
from tests.components.component_recording import Registered, around, only, record

PROD = stack_content(CHECKOUT, "nexia", "prod").apps
DEV = stack_content(CHECKOUT, "nexia", "dev").apps
PAIR = {"nexia-supervisor-prod", "nexia-claude-code-prod"}


def surroundings() -> Surroundings:
    plain = around()
    return Surroundings(plain.images, plain.ingress_namespace, plain.services, ("203.0.113.7/32",))


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    return record(lambda: Application(PROD[0], surroundings()))


def test_it_reads_named_things_and_no_secret(found: list[Registered]) -> None:
    rules = only(found, "ClusterRole").inputs["rules"]
    named = {resource for rule in rules for resource in rule["resources"]}
    assert {"pods", "deployments", "horizontalpodautoscalers", "ingresses", "namespaces", "services"} <= named
    assert not {"secrets", "configmaps", "pods/log", "pods/exec", "*"} & named
    assert not [one for one in named if "/" in one]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert all("*" not in rule["apiGroups"] for rule in rules)


def test_it_is_bound_to_two_accounts(found: list[Registered]) -> None:
    binding = only(found, "ClusterRoleBinding").inputs
    assert binding["roleRef"]["name"] == only(found, "ClusterRole").inputs["metadata"]["name"]
    assert {(one["kind"], one["name"], one["namespace"]) for one in binding["subjects"]} == {
        ("ServiceAccount", name, name) for name in PAIR
    }


def test_only_their_pods_get_a_token_and_a_door(found: list[Registered]) -> None:
    holders = {
        one.name
        for one in found
        if one.type.endswith(":Deployment")
        and any(
            "serviceAccountToken" in str(volume)
            for volume in one.inputs["spec"]["template"]["spec"]["volumes"]
        )
    }
    assert holders == PAIR
    doors = [one for one in found if one.name.endswith("-allow-api-server")]
    assert {one.inputs["metadata"]["namespace"] for one in doors} == PAIR
    for one in doors:
        assert one.inputs["spec"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "203.0.113.7/32"}}]
        assert one.inputs["spec"]["podSelector"] == {
            "matchLabels": {"app.kubernetes.io/part-of": "nexia"},
            "matchExpressions": [
                {
                    "key": "app.kubernetes.io/component",
                    "operator": "In",
                    "values": ["claude-code", "supervisor"],
                }
            ],
        }


def test_the_pods_wait_for_their_rights(found: list[Registered]) -> None:
    (agent,) = [
        one for one in found if one.type.endswith(":Deployment") and one.name == "nexia-claude-code-prod"
    ]
    assert {"nexia-supervision-prod", "nexia-claude-code-prod-allow-api-server"} <= agent.after


def test_there_is_none_in_dev() -> None:
    dev = record(lambda: Application(DEV[0], around()))
    assert not [one for one in dev if "rbac" in one.type or one.name.endswith("-allow-api-server")]
    assert "serviceAccountToken" not in str([one.inputs for one in dev])


def test_addresses_as_given() -> None:
    given = ["203.0.113.7/32", "2001:db8::1/128", "203.0.113.0/24"]
    assert api_servers(given, PROD) == tuple(given)
    assert api_servers([], DEV) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "set nexia:apiServerCidrs"),
        (["10.0.0.0/8"], "10.0.0.0/8 is wider"),
        (["0.0.0.0/0"], "0.0.0.0/0 is wider"),
        (["203.0.112.0/23"], "203.0.112.0/23 is wider"),
        (["kubernetes.default"], "kubernetes.default is no network"),
        (["203.0.113.7/24"], "203.0.113.7/24 is no network"),
    ],
)
def test_addresses_that_are_refused(given: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        api_servers(given, PROD)
