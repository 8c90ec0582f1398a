"""The evaluator by the cases of the documentation, each with its opposite."""

from typing import Any

import pytest

from tests.network.network_evaluator import End, Network, selected

NAMESPACES = {"a": {"name": "a", "team": "red"}, "b": {"name": "b", "team": "blue"}}
WEB = End("a", "10.0.0.1", {"app": "web"}, {"http": 8080})
OTHER = End("a", "10.0.0.2", {"app": "other"})
FAR = End("b", "10.0.0.3", {"app": "web"})
OUTSIDE = End("", "203.0.113.9")
DENY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def network(*specs: dict[str, Any], namespace: str = "a") -> Network:
    return Network(NAMESPACES, tuple({"metadata": {"namespace": namespace}, "spec": one} for one in specs))


def ingress(*peers: dict[str, Any], ports: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    rule: dict[str, Any] = {"from": list(peers)} | ({"ports": ports} if ports else {})
    return {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [rule]}


def test_without_a_policy_everything_is_open() -> None:
    assert network().allows(FAR, WEB, 1)
    assert network().allows(WEB, OUTSIDE, 1)


def test_a_policy_of_another_namespace_says_nothing() -> None:
    assert network(DENY, namespace="b").allows(OTHER, WEB, 1)
    assert not network(DENY, namespace="b").allows(FAR, WEB, 1)  # FAR may send nothing


def test_deny_closes_both_directions() -> None:
    assert not network(DENY).allows(FAR, WEB, 1)
    assert not network(DENY).allows(WEB, FAR, 1)
    assert not network(DENY).allows(WEB, WEB, 1)


def test_each_direction_is_isolated_alone() -> None:
    only_in = {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert not network(only_in).allows(FAR, WEB, 1)
    assert network(only_in).allows(WEB, FAR, 1)


@pytest.mark.parametrize(("more", "out"), [({}, True), ({"egress": [{"to": []}]}, True)])
def test_types_follow_the_rules_when_they_are_not_given(more: dict[str, Any], out: bool) -> None:  # noqa: FBT001  a column
    found = network({"podSelector": {}} | more)
    assert not found.allows(FAR, WEB, 1)
    assert found.allows(WEB, FAR, 1) is out
    closed = network({"podSelector": {}, "egress": [{"to": [{"podSelector": {"matchLabels": {"x": "y"}}}]}]})
    assert not closed.allows(WEB, FAR, 1)


def test_a_policy_touches_only_the_pods_that_it_selects() -> None:
    found = network(DENY | {"podSelector": {"matchLabels": {"app": "web"}}})
    assert not found.allows(FAR, WEB, 1)
    assert found.allows(FAR, OTHER, 1)


def test_policies_add_up() -> None:
    found = network(DENY, ingress({"namespaceSelector": {}}))
    assert found.allows(FAR, WEB, 1)
    assert not found.allows(WEB, FAR, 1)


def test_both_ends_have_to_agree() -> None:
    open_in = network(ingress({"namespaceSelector": {}}))
    assert open_in.allows(FAR, WEB, 1)
    sender = {"metadata": {"namespace": "b"}, "spec": DENY}
    assert not Network(NAMESPACES, (*open_in.policies, sender)).allows(FAR, WEB, 1)


def test_a_pod_selector_alone_means_the_policys_own_namespace() -> None:
    found = network(ingress({"podSelector": {}}))
    assert found.allows(OTHER, WEB, 1)
    assert not found.allows(FAR, WEB, 1)


def test_both_selectors_of_one_peer_have_to_match() -> None:
    blue, web = {"matchLabels": {"team": "blue"}}, {"matchLabels": {"app": "web"}}
    assert network(ingress({"namespaceSelector": blue, "podSelector": web})).allows(FAR, WEB, 1)
    other = End("b", "10.0.0.4", {"app": "other"})
    assert not network(ingress({"namespaceSelector": blue, "podSelector": web})).allows(other, WEB, 1)
    assert network(ingress({"namespaceSelector": blue}, {"podSelector": web})).allows(other, WEB, 1)


def test_blocks_match_addresses_except_what_they_leave_out() -> None:
    block = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}
    assert network(ingress(block)).allows(OUTSIDE, WEB, 1)
    assert not network(ingress(block)).allows(FAR, WEB, 1)
    assert network(ingress({"ipBlock": {"cidr": "10.0.0.0/8"}})).allows(FAR, WEB, 1)  # stricter, on purpose
    assert not network(ingress({"ipBlock": {"cidr": "::/0"}})).allows(OUTSIDE, WEB, 1)


def test_an_address_outside_is_in_no_namespace() -> None:
    assert not network(ingress({"namespaceSelector": {}})).allows(OUTSIDE, WEB, 1)


@pytest.mark.parametrize(
    ("door", "port", "protocol", "expected"),
    [
        ({"port": 80}, 80, "TCP", True),
        ({"port": 80}, 81, "TCP", False),
        ({"port": 80}, 80, "UDP", False),
        ({"port": 53, "protocol": "UDP"}, 53, "UDP", True),
        ({"port": 53, "protocol": "UDP"}, 53, "TCP", False),
        ({"port": 80, "endPort": 90}, 90, "TCP", True),
        ({"port": 80, "endPort": 90}, 91, "TCP", False),
        ({"port": "http"}, 8080, "TCP", True),
        ({"port": "http"}, 80, "TCP", False),
        ({"port": "nobody"}, 8080, "TCP", False),
        ({"protocol": "TCP"}, 9, "TCP", True),
        ({"protocol": "TCP"}, 9, "UDP", False),
    ],
)
def test_ports(door: dict[str, Any], port: int, protocol: str, expected: bool) -> None:  # noqa: FBT001  a column
    found = network(ingress({"namespaceSelector": {}}, ports=[door]))
    assert found.allows(FAR, WEB, port, protocol) is expected


@pytest.mark.parametrize(
    ("operator", "values", "labels", "expected"),
    [
        ("In", ["1", "2"], {"k": "1"}, True),
        ("In", ["1", "2"], {"k": "3"}, False),
        ("In", ["1"], {}, False),
        ("NotIn", ["1"], {"k": "2"}, True),
        ("NotIn", ["1"], {"k": "1"}, False),
        ("NotIn", ["1"], {}, True),
        ("Exists", None, {"k": ""}, True),
        ("Exists", None, {}, False),
        ("DoesNotExist", None, {}, True),
        ("DoesNotExist", None, {"k": ""}, False),
    ],
)
def test_expressions(operator: str, values: list[str] | None, labels: dict[str, str], expected: bool) -> None:  # noqa: FBT001  a column
    selector = {"matchExpressions": [{"key": "k", "operator": operator, "values": values}]}
    assert selected(selector, labels) is expected


def test_labels_and_expressions_have_to_match_together() -> None:
    selector = {"matchLabels": {"a": "1"}, "matchExpressions": [{"key": "b", "operator": "Exists"}]}
    assert selected(selector, {"a": "1", "b": "2"})
    assert not selected(selector, {"a": "1"})
    assert not selected(selector, {"b": "2"})


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="Gt is no operator"):
        selected({"matchExpressions": [{"key": "k", "operator": "Gt"}]}, {})
