"""Whose signature counts for what."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # no __all__ there

from catalogue.models.base import Model

Role = Literal["builder", "tester", "approver", "backup", "deployer", "revoker"]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
"""Who somebody is, e.g. a login; plain ASCII, so that two names never only look alike."""

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    """A number counts seconds for some readers and milliseconds for others, and `2027` means no year."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise ValueError("is no written moment; write it like 2026-11-23T09:00:00+01:00")


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A moment with its time zone, written out."""


class TrustedKey(Model):
    """An ed25519 public key (64 hexadecimal digits), its holder and what the holder may attest."""

    public: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    who: Name
    kind: Literal["person", "agent"]
    """An agent is any machine: it builds, tests, deploys; its approval is refused whatever its roles say."""
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    valid_from: Moment
    valid_until: Moment
    """Half-open: a stamp made at this moment counts no more."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_from >= self.valid_until:
            raise ValueError(f"{self.who}: valid_until has to be later than valid_from")
        return self


class TrustRoots(Model):
    """All trusted keys by key id (securesystemslib: SHA-256 of the key's canonical JSON)."""

    keys: dict[str, TrustedKey]

    @model_validator(mode="after")
    def _named_by_content(self) -> Self:
        for name, key in self.keys.items():
            expected = key_id(key.public)
            if name != expected:
                raise ValueError(f"{key.who}: key id {name} does not belong to its key; write {expected}")
        kinds: dict[str, str] = {}
        for key in self.keys.values():
            if kinds.setdefault(key.who.casefold(), key.kind) != key.kind:
                raise ValueError(f"{key.who} is a person in one key and an agent in another; give two names")
        return self


class LocalTrust(TrustRoots):
    """Keys that count on one cluster only."""

    authority: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the certificate authority (PEM) by which the cluster's API server proves who it is."""


def key_id(public: str) -> str:
    """The key id of an ed25519 public key of 64 hexadecimal digits."""
    return library_key(public).keyid


def library_key(public: str) -> SSlibKey:
    """The key as the signature library takes it."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
