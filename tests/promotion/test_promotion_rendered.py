"""The hash that evidence speaks of: the same for the same manifests, however they were read."""

import pytest

from promotion.rendered import hash_of

META = {"name": "a", "labels": {"x": "y"}}
SERVICE: dict[str, object] = {"kind": "Service", "metadata": META, "spec": {"ports": [{"port": 80}]}}
CONFIG = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}


def test_order_of_objects_and_keys_does_not_matter() -> None:
    turned = dict(reversed(SERVICE.items()))
    assert hash_of([SERVICE, CONFIG]) == hash_of([CONFIG, turned])


def test_order_inside_a_list_matters() -> None:
    first = {"kind": "A", "list": [1, 2]}
    assert hash_of([first]) != hash_of([{"kind": "A", "list": [2, 1]}])


@pytest.mark.parametrize(
    "same",
    [
        {**SERVICE, "spec": {"ports": [{"port": 80.0}]}},
        {**SERVICE, "status": None},
        {**SERVICE, "metadata": {**META, "annotations": {"blueocean.io/urn": "urn:x"}}},
    ],
)
def test_other_words_for_the_same_are_the_same(same: dict[str, object]) -> None:
    assert hash_of([same]) == hash_of([SERVICE])


@pytest.mark.parametrize(
    "other",
    [
        {**SERVICE, "spec": {"ports": [{"port": 81}]}},
        {**SERVICE, "spec": {"ports": [{"port": 80.5}]}},
        {**SERVICE, "spec": {"ports": [{"port": "80"}]}},
        {**SERVICE, "kind": "Ingress"},
        {**SERVICE, "spec": {"ports": []}},
        {**SERVICE, "extra": False},
        {**SERVICE, "extra": {}},
        {**SERVICE, "metadata": {**META, "annotations": {"pulumi.com/skipAwait": "true"}}},
        {**SERVICE, "metadata": {**META, "labels": {"x": "y", "blueocean.io/urn": "urn:x"}}},
        {**SERVICE, "spec": {"ports": [{"port": 80}], "blueocean.io/urn": "x"}},
    ],
)
def test_any_change_changes_it(other: dict[str, object]) -> None:
    assert hash_of([other]) != hash_of([SERVICE])


def test_one_object_more_or_twice_changes_it() -> None:
    assert (
        len({hash_of([]), hash_of([SERVICE]), hash_of([SERVICE, CONFIG]), hash_of([SERVICE, SERVICE])}) == 4
    )


def test_an_opening_to_every_namespace_is_seen() -> None:
    """An empty selector means all: leaving it out, or taking it for nothing, would hide it."""

    def policy(source: dict[str, object]) -> dict[str, object]:
        return {"kind": "NetworkPolicy", "metadata": META, "spec": {"ingress": [{"from": [source]}]}}

    assert hash_of([policy({"podSelector": {}})]) != hash_of(
        [policy({"podSelector": {}, "namespaceSelector": {}})]
    )


SECRET = {"kind": "Secret", "metadata": META, "type": "Opaque", "data": {"a": "b"}}


def test_what_a_secret_holds_is_each_platforms_own() -> None:
    for values in ({"data": {"a": "c"}}, {"data": "[secret]"}, {"stringData": {"a": "b"}}):
        assert hash_of([SERVICE, {**SECRET, **values}]) == hash_of([SERVICE, SECRET])


@pytest.mark.parametrize(
    "other",
    [{"type": "kubernetes.io/tls"}, {"metadata": {"name": "b"}}, {"immutable": True}, {"kind": "Job"}],
)
def test_that_there_is_a_secret_and_which_is_not(other: dict[str, object]) -> None:
    assert len({hash_of([SERVICE, {**SECRET, **other}]), hash_of([SERVICE, SECRET]), hash_of([SERVICE])}) == 3


def test_it_is_64_hexadecimal_digits() -> None:
    digits = hash_of([SERVICE])
    assert len(digits) == 64
    assert set(digits) <= set("0123456789abcdef")
