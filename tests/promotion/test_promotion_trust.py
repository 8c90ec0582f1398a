from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from promotion.trust import TrustRoots, key_id
from tests.promotion.promotion_release import signer, trust

PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, 7.1, test 1
KEY = {
    "public": PUBLIC,
    "who": "alice",
    "kind": "person",
    "roles": ["approver"],
    "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
    "valid_until": datetime(2027, 1, 1, tzinfo=UTC),
}


def roots(**changes: Any) -> TrustRoots:  # noqa: ANN401 - fields of a key
    return TrustRoots.model_validate({"keys": {key_id(PUBLIC): {**KEY, **changes}}})


def test_the_key_id_is_the_librarys() -> None:
    public = signer("ci").public_key
    assert key_id(public.keyval["public"]) == public.keyid
    assert trust().keys[public.keyid].who == "ci"


def test_a_key_is_taken_as_written() -> None:
    assert roots().keys[key_id(PUBLIC)].roles == {"approver"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"public": PUBLIC.upper()}, "pattern"),
        ({"who": "al\u0456ce"}, "pattern"),
        ({"who": ""}, "pattern"),
        ({"kind": "robot"}, "person"),
        ({"roles": []}, "at least 1"),
        ({"roles": ["root"]}, "builder"),
        ({"valid_until": datetime(2026, 1, 1, tzinfo=UTC)}, "later than valid_from"),
        ({"valid_from": datetime(2026, 1, 1)}, "timezone"),  # noqa: DTZ001 - the point of the case
        ({"valid_until": 2027010100}, "is no written moment; write it like"),  # read as seconds: 2034
        ({"valid_until": "2027010100"}, "is no written moment; write it like"),
        ({"more": 1}, "Extra"),
        ({"public": "00" + PUBLIC[2:]}, "does not belong to its key; write"),
    ],
)
def test_what_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        roots(**change)


def test_one_name_is_one_kind_of_holder() -> None:
    other = signer("ci").public_key
    keys = {key_id(PUBLIC): KEY, other.keyid: {**KEY, "public": other.keyval["public"], "kind": "agent"}}
    with pytest.raises(ValidationError, match="alice is a person in one key and an agent in another"):
        TrustRoots.model_validate({"keys": keys})
