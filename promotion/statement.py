"""A stamp about images: an in-toto Statement v1.

Format: https://github.com/in-toto/attestation, spec/v1/statement.md.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from catalogue.models.base import Model
from catalogue.models.text import Label
from promotion import strict_json
from promotion.stamps import Sha256, Stamp, kind_of, predicate_type, stamp_of

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD = "application/vnd.in-toto+json"
_MOST = 64 * 1024


class _Digest(Model):
    sha256: Sha256


class _Subject(Model):
    name: Label
    digest: _Digest


class _Wire(Model):
    type_: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: Annotated[tuple[_Subject, ...], Field(min_length=1, max_length=50)]
    predicate_type: Annotated[str, Field(alias="predicateType")]
    predicate: dict[str, Any]

    @field_validator("subject")
    @classmethod
    def _each_once(cls, subjects: tuple[_Subject, ...]) -> tuple[_Subject, ...]:
        names = [one.name for one in subjects]
        if len(set(names)) < len(names):
            raise ValueError("names an image twice")
        return subjects


class Statement(Model):
    """A stamp and the images that it speaks of: image name → SHA-256 of its manifest (64 digits)."""

    images: dict[Label, Sha256]
    stamp: Stamp


def encode(statement: Statement) -> bytes:
    """The statement as the bytes that are signed: JSON with sorted keys and no blanks."""
    kind = kind_of(statement.stamp)
    images = sorted(statement.images.items())
    content = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": one}} for name, one in images],
        "predicateType": predicate_type(kind),
        "predicate": statement.stamp.model_dump(mode="json"),
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def decode(payload: bytes) -> Statement:
    """The statement in the bytes; raises ValueError for anything but exactly one of ours."""
    wire = _Wire.model_validate(strict_json.parse(payload, _MOST))
    images = {one.name: one.digest.sha256 for one in wire.subject}
    return Statement(images=images, stamp=stamp_of(wire.predicate_type, wire.predicate))
