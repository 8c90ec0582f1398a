"""Which image of each component runs in one stack."""

from typing import Annotated

from pydantic import AfterValidator, Field

from catalogue.models.base import Model
from catalogue.models.grammar import Grammar
from catalogue.models.text import Label


def _no_latest(tag: str) -> str:
    if tag == "latest":
        raise ValueError("is a moving tag; name the version that was built")
    return tag


Tag = Annotated[
    str,
    Grammar(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", "is no image tag; write a version like 1.4.2"),
    AfterValidator(_no_latest),
]
Digest = Annotated[
    str,
    Grammar(
        "sha256:[0-9a-f]{64}",
        "is no image digest; write sha256: and the 64 hexadecimal digits of the build",
    ),
]


class Image(Model):
    """The tag is for people and labels; the digest decides what runs."""

    tag: Tag
    digest: Digest


class ReleaseFile(Model):
    """A file releases/<stack>.yaml."""

    images: Annotated[dict[Label, Image], Field(min_length=1)]


class Releases(Model):
    """The images of one stack, and the file that says so (for messages)."""

    file: str
    images: dict[Label, Image]
