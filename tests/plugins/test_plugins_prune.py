"""Live objects as inputs: drift shows, defaults and other people's additions don't."""

from typing import Any

import pytest

from sandbox.plugins.kubernetes.prune import imported_inputs, live_inputs
from sandbox.plugins.kubernetes.quantity import same_amount
from sandbox.plugins.values import Secret


def test_defaults_do_not_show_and_drift_does() -> None:
    given = {"spec": {"replicas": 1, "ports": [{"port": 80}]}}
    live = {
        "spec": {"replicas": 3, "type": "ClusterIP", "ports": [{"port": 80, "protocol": "TCP"}]},
        "status": {},
    }
    assert live_inputs(live, given) == {"spec": {"replicas": 3, "ports": [{"port": 80}]}}


def test_a_lost_field_shows_and_an_empty_one_that_the_server_drops_does_not() -> None:
    given: dict[str, Any] = {"data": {"a": "1", "b": "2"}, "spec": {"podSelector": {}, "list": []}}
    assert live_inputs({"data": {"a": "1"}, "spec": {}}, given) == {
        "data": {"a": "1"},
        "spec": {"podSelector": {}, "list": []},
    }


def test_items_are_found_by_their_key_wherever_they_are() -> None:
    given = {"containers": [{"name": "b", "image": "1"}, {"name": "c", "image": "1"}]}
    live = {"containers": [{"name": "injected", "image": "x"}, {"name": "b", "image": "2", "tty": False}]}
    assert live_inputs(live, given) == {"containers": [{"name": "b", "image": "2"}]}


def test_other_lists_are_whole() -> None:
    assert live_inputs({"args": ["a", "x", "y"]}, {"args": ["a", "b"]}) == {"args": ["a", "x", "y"]}


def test_rewritten_quantities_are_no_drift_where_quantities_stand() -> None:
    given = {"resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}}, "data": {"cpu": "1000m"}}
    live: dict[str, Any] = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}, "data": {"cpu": "1"}}
    assert live_inputs(live, given) == {**given, "data": {"cpu": "1"}}
    live["resources"]["limits"]["cpu"] = "2"
    assert live_inputs(live, given)["resources"] == {"limits": {"cpu": "2", "memory": "1024Mi"}}


def test_secrets_stay_secret_and_texts_are_read_back_from_data() -> None:
    given = {"kind": "Secret", "stringData": Secret({"a": "old", "gone": "x"})}
    assert live_inputs({"kind": "Secret", "data": {"a": "bmV3"}}, given)["stringData"] == Secret({"a": "new"})
    given = {"kind": "Secret", "stringData": {"a": Secret("old")}}
    assert live_inputs({"kind": "Secret", "data": {"a": "bmV3"}}, given)["stringData"] == {"a": Secret("new")}


def test_an_import_takes_everything_but_what_the_server_keeps() -> None:
    live = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "uid": "u", "managedFields": [], "annotations": {"blueocean.io/urn": "x"}},
        "data": {"a": "1"},
        "status": {},
    }
    assert imported_inputs(live) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"a": "1"},
    }


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1000m", "1", True),
        ("1", 1, True),
        ("0.5", "500m", True),
        ("1024Mi", "1Gi", True),
        ("1e3", "1k", True),
        ("1G", "1Gi", False),
        ("1", "2", False),
        ("a", "a", False),
        (True, "1", False),
    ],
)
def test_amounts(left: object, right: object, same: bool) -> None:  # noqa: FBT001 - a column of the table
    assert same_amount(left, right) is same
