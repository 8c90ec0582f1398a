"""A signed statement: a DSSE envelope (https://github.com/secure-systems-lab/dsse, envelope.md)."""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Signature, Signer  # type: ignore[attr-defined]  # no __all__ there

from catalogue.models.base import Model
from promotion.statement import PAYLOAD, Statement, decode, encode
from promotion.trust import TrustedKey, TrustRoots, library_key

Base64 = Annotated[str, StringConstraints(max_length=128 * 1024)]


class _WireSignature(Model):
    keyid: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    sig: Base64


class _Wire(Model):
    payload_type: Annotated[Literal["application/vnd.in-toto+json"], Field(alias="payloadType")]
    payload: Base64
    signatures: Annotated[tuple[_WireSignature, ...], Field(max_length=8)]


class Signed(Model):
    """One signature: `key` is None for a key that nobody trusts; `intact`: it fits the payload."""

    key_id: str
    key: TrustedKey | None
    intact: bool


class Sealed(Model):
    """A statement and who signed it. An untrusted signature is told, not dropped."""

    statement: Statement
    signatures: tuple[Signed, ...]


def seal(statement: Statement, signer: Signer) -> dict[str, Any]:
    """The statement in an envelope with the signer's signature, ready for JSON."""
    envelope = Envelope(encode(statement), PAYLOAD, {})
    envelope.sign(signer)
    return envelope.to_dict()


def unseal(envelope: object, trust: TrustRoots) -> Sealed:
    """What an envelope (parsed JSON) says and who signed it.

    Raises ValueError for another payload type, unknown keys, base64 that two readers could read differently,
    two signatures of one key, or a payload that is no statement of ours.
    """
    wire = _Wire.model_validate(envelope)
    payload = _decoded(wire.payload)
    if len({one.keyid for one in wire.signatures}) < len(wire.signatures):
        raise ValueError("has two signatures of one key")
    library = Envelope(payload, PAYLOAD, {})
    signatures = tuple(_judged(one, library.pae(), trust) for one in wire.signatures)
    return Sealed(statement=decode(payload), signatures=signatures)


def _judged(signature: _WireSignature, signed: bytes, trust: TrustRoots) -> Signed:
    key = trust.keys.get(signature.keyid)
    if key is None:
        return Signed(key_id=signature.keyid, key=None, intact=False)
    try:
        library_key(key.public).verify_signature(
            Signature(signature.keyid, _decoded(signature.sig).hex()), signed
        )
    except (UnverifiedSignatureError, VerificationError):
        return Signed(key_id=signature.keyid, key=key, intact=False)
    return Signed(key_id=signature.keyid, key=key, intact=True)


def _decoded(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("holds text that is no base64") from error
    if base64.b64encode(value).decode() != text:
        raise ValueError("holds base64 that is not canonical")
    return value
