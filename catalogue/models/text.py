"""Texts with a grammar of their own: names, hosts, paths, phrases.

A refusal is a ValueError whose sentence reads `what is wrong; cure`: the reader splits it there.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

_LABEL = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_DNS_NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"
_STEM = r"[a-z][a-z0-9_]*"
_KEY_PREFIX = r"[a-z][a-z0-9]*([-:][a-z0-9]+)*"
_PATH = r"/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?"
_MOUNT = r"(/[A-Za-z0-9._-]+)+"
_SETTING = r"[A-Z][A-Z0-9_]*"
_TEMPLATE = r"([-a-z0-9_.]|\{app\}|\{stem\})+"
_REGISTRY = r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*"
_MAX_LABEL = 40  # leaves room for `blueocean-` and `-staging` within the 63 characters of a DNS label
_MAX_DNS_LABEL = 63
_MAX_DNS_NAME = 253


def matching(pattern: str, complaint: str, limit: int = _MAX_DNS_NAME) -> Callable[[str], str]:
    """A check that returns the text, or raises ValueError with `complaint` when it doesn't fit."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"has {len(text)} characters; use at most {limit}")
        if not compiled.fullmatch(text):
            raise ValueError(complaint)
        return text

    return check


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{pattern})$"})


def _spoken(phrase: str) -> str:
    """A phrase that a person can type and read back: composed, printable, no blanks at its ends."""
    if not phrase.strip():
        raise ValueError("is empty; write the words that a person has to type")
    if phrase != phrase.strip():
        raise ValueError("begins or ends with a blank; remove it, nobody sees it when typing")
    if not phrase.isprintable():
        raise ValueError("holds an invisible or control character; type the phrase anew on one line")
    if phrase != unicodedata.normalize("NFC", phrase):
        raise ValueError("holds decomposed letters; write each accented letter as one character (NFC)")
    return phrase


Label = Annotated[
    str,
    AfterValidator(
        matching(
            _LABEL,
            "is no DNS label; use lower-case letters, digits and dashes, starting with a letter",
            _MAX_LABEL,
        )
    ),
    _schema(_LABEL),
]
"""A name that becomes part of Kubernetes names (RFC 1123 label, at most 40 characters)."""

DnsLabel = Annotated[
    str,
    AfterValidator(
        matching(
            _LABEL,
            "is no DNS label; use lower-case letters, digits and dashes, starting with a letter",
            _MAX_DNS_LABEL,
        )
    ),
    _schema(_LABEL),
]
"""A DNS label at its full length of 63 characters."""

DnsName = Annotated[
    str,
    AfterValidator(
        matching(
            _DNS_NAME, "is no DNS name; use lower-case labels of letters, digits and dashes, joined by dots"
        )
    ),
    _schema(_DNS_NAME),
]
"""A host, without scheme and port."""

DnsSuffix = Annotated[
    str,
    AfterValidator(matching(f"({_DNS_NAME})?", "is no domain; write it like example.com, or leave it empty")),
    _schema(f"({_DNS_NAME})?"),
]
"""What is appended to hosts after a dot; empty: nothing."""

Stem = Annotated[
    str,
    AfterValidator(
        matching(
            _STEM,
            "is no database stem; use lower-case letters, digits and underscores, starting with a letter",
            _MAX_LABEL,
        )
    ),
    _schema(_STEM),
]
"""What a database, its schema and its roles are named after."""

KeyPrefix = Annotated[
    str,
    AfterValidator(
        matching(
            _KEY_PREFIX,
            "is no key prefix; use lower-case letters, digits and dashes; the environment is added",
            _MAX_LABEL,
        )
    ),
    _schema(_KEY_PREFIX),
]
"""The first part of a cache tenant's keys, e.g. `nextstep` for `nextstep:dev:`."""

UrlPath = Annotated[
    str,
    AfterValidator(matching(_PATH, "is no URL path; start with / and end without one, like /api")),
    _schema(_PATH),
]

MountPath = Annotated[
    str,
    AfterValidator(matching(_MOUNT, "is no absolute directory; write it like /var/lib/app/models")),
    _schema(_MOUNT),
]

SettingName = Annotated[
    str,
    AfterValidator(
        matching(_SETTING, "is no environment variable name; use capitals, digits and underscores")
    ),
    _schema(_SETTING),
]

Template = Annotated[
    str,
    AfterValidator(
        matching(_TEMPLATE, "is no name template; use lower-case text with {app} or {stem} where they belong")
    ),
    _schema(_TEMPLATE),
]
"""A name in which `{app}` or `{stem}` stands for what it is derived for."""

Registry = Annotated[
    str,
    AfterValidator(
        matching(_REGISTRY, "is no registry; write host and path without scheme, like registry.example/team")
    ),
    _schema(_REGISTRY),
]

Phrase = Annotated[str, AfterValidator(_spoken)]
"""Words that a person types to let a release into production, compared code point by code point."""
