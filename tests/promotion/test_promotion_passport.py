import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope

from promotion.passport import open_passport
from promotion.stamps import Approved, Built, StagingPhase
from tests.promotion.promotion_release import IMAGES, build, good, signer, trust

JSON = dict[str, Any]


def opened(*envelopes: object, **top: object) -> tuple[str, str]:
    content = {"app": "nextgen", "version": "1.4.2", "stamps": list(envelopes), **top}
    passport = open_passport(json.dumps(content).encode(), trust())
    return passport.fault, passport.explanation


def resigned(change: JSON | bytes) -> JSON:
    """A build stamp whose payload was changed and signed anew: only its content is wrong."""
    envelope = build().envelope()
    if isinstance(change, bytes):
        payload = change
    else:
        payload = json.dumps({**json.loads(base64.b64decode(envelope["payload"])), **change}).encode()
    library = Envelope(payload, envelope["payloadType"], {})
    library.sign(signer("ci"))
    return library.to_dict()


def test_a_good_passport_opens_with_all_its_stamps() -> None:
    passport = open_passport(good().passport(), trust())
    assert passport.fault == ""
    assert [one.phase for one in passport.stamps(StagingPhase)] == list(range(1, 9))
    assert [one.person for one in passport.stamps(Approved)] == ["alice", "bob"]
    assert passport.stamps(Built)[0].version == "1.4.2"
    assert all(one.intact for sealed in passport.sealed for one in sealed.signatures)
    assert all(sealed.statement.images == IMAGES for sealed in passport.sealed)


def test_opening_is_repeatable_and_needs_no_order_of_keys() -> None:
    data = good().passport()
    again = json.dumps(dict(reversed(json.loads(data).items()))).encode()
    assert open_passport(data, trust()) == open_passport(again, trust())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"payloadType": "application/json"}, "payloadType"),
        ({"payloadType": None}, "payloadType"),
        ({"extra": 1}, "extra"),
        ({"payload": "!!!"}, "no base64"),
        ({"payload": "YQ"}, "no base64"),
        ({"payload": "YR=="}, "not canonical"),
        ({"payload": "_-8="}, "no base64"),
        ({"signatures": [{"keyid": "x", "sig": ""}]}, "keyid"),
        ({"signatures": [{"keyid": "0" * 64, "sig": "", "more": 1}]}, "more"),
        ({"signatures": [{"keyid": "0" * 64, "sig": ""}] * 2}, "two signatures of one key"),
        ({"signatures": [{"keyid": f"{one:064}", "sig": ""} for one in range(9)]}, "signatures"),
    ],
)
def test_an_envelope_is_strict(change: JSON, says: str) -> None:
    fault, explanation = opened({**build().envelope(), **change})
    assert fault == "malformed-passport"
    assert explanation.startswith("stamp 1 ")
    assert says in explanation


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "_type"),
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "none of built"),
        ({"predicateType": "https://blueocean.io/stamps/built/v2"}, "none of built"),
        ({"predicateType": "https://blueocean.io/stamps/approved/v1"}, "manifests"),
        ({"extra": 1}, "extra"),
        ({"subject": []}, "subject"),
        ({"subject": [{"name": "a", "digest": {"sha256": "0" * 63}}]}, "sha256"),
        ({"subject": [{"name": "a", "digest": {"sha256": "A" * 64}}]}, "sha256"),
        ({"subject": [{"name": "a", "digest": {"sha256": "0" * 64, "md5": "x"}}]}, "md5"),
        ({"subject": [{"name": "a", "digest": {"sha256": "0" * 64}}] * 2}, "names an image twice"),
        ({"predicate": {}}, "app"),
        (b"[]", "no JSON object"),
        (b"\xff", "no JSON"),
        (b'{"_type": 1, "_type": 2}', "twice"),
        (b'{"x": NaN}', "NaN"),
        (b'{"x": ' + b"1" * 21 + b"}", "holds a number of 21 digits, at most 20 are read"),
        (b'{"x": ' + b"1" * 5000 + b"}", "holds a number of 5000 digits, at most 20 are read"),
        (b"[" * 50_000, "nested too deeply"),
        (b'{"x": "' + b"y" * 65536 + b'"}', "at most 65536"),
    ],
)
def test_a_statement_is_strict(change: JSON | bytes, says: str) -> None:
    fault, explanation = opened(resigned(change))
    assert fault == "malformed-passport"
    assert says in explanation


CONTENT = json.loads(base64.b64decode(build().envelope()["payload"]))["predicate"]


def test_a_predicate_is_strict() -> None:
    for change in ({"more": 1}, {"at": "2026-11-23T16:00:00"}, {"commit": "abc"}, {"app": "NextGen"}):
        assert opened(resigned({"predicate": {**CONTENT, **change}}))[0] == "malformed-passport", change
    assert opened(resigned({"predicate": CONTENT})) == ("", "")


@pytest.mark.parametrize("at", [1763895600, "1763895600", 1763895600000, 1e9, True, None])
def test_a_moment_is_written_out(at: object) -> None:
    """One reader takes such a number for seconds, another for milliseconds."""
    fault, explanation = opened(resigned({"predicate": {**CONTENT, "at": at}}))
    assert fault == "malformed-passport"
    assert "is wrong at at: Value error, is no written moment" in explanation


@pytest.mark.parametrize(
    "top", [{"app": 1}, {"version": ""}, {"more": 1}, {"stamps": [1]}, {"stamps": [{}] * 65}]
)
def test_a_file_is_strict(top: JSON) -> None:
    assert opened(**top)[0] == "malformed-passport"


@pytest.mark.parametrize("text", ["\n", "\x1b[2J", "\u2028", "\u202e", "\x00"], ids=ascii)
def test_nothing_in_a_passport_passes_for_a_verdict(text: str) -> None:
    """Reasons are printed as they are; a second line or a cleared screen could say that all is well."""
    spoilt = f"1.4.2{text}nextgen may enter production"
    for fault, explanation in (
        opened(version=spoilt),
        opened(**{spoilt: 1}),
        opened(resigned({"predicate": {**CONTENT, "version": spoilt}})),
    ):
        assert fault == "malformed-passport"
        assert explanation.isprintable()


def test_a_place_in_a_passport_is_told_in_brief() -> None:
    explanation = opened(**{"x" * 10_000: 1})[1]
    assert explanation == f"the passport is wrong at {'x' * 120}: Extra inputs are not permitted"


def test_a_file_is_bounded() -> None:
    passport = open_passport(b" " * (1024 * 1024 + 1), trust())
    assert passport.explanation == "the passport has 1048577 bytes, at most 1048576 are read"


def test_a_signature_says_whose_it_is() -> None:
    passport = open_passport(good().passport(), trust())
    (signature,) = passport.sealed[0].signatures
    assert signature.key is not None
    assert (signature.key.who, signature.intact) == ("ci", True)


def test_one_flipped_bit_breaks_the_signature() -> None:
    envelope = build().envelope()
    raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    raw[10] ^= 1
    envelope["signatures"][0]["sig"] = base64.b64encode(bytes(raw)).decode()
    data = json.dumps({"app": "nextgen", "version": "1.4.2", "stamps": [envelope]}).encode()
    assert not open_passport(data, trust()).sealed[0].signatures[0].intact


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    assert open_passport(data, trust()).fault == "malformed-passport"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    )
)
def test_no_json_raises(value: object) -> None:
    assert opened(value)[0] == "malformed-passport"
    assert opened({**build().envelope(), "signatures": value})[0] in {"malformed-passport", ""}
