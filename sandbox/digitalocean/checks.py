"""Checks of a request's values that several handlers share; each raises the refusal."""

import re
from typing import Any

from sandbox.digitalocean.exchange import Object, unprocessable


def text(body: Object, key: str) -> str:
    """A required, non-empty text."""
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise unprocessable(f"{key} is required")
    return value


def one_of(body: Object, key: str, allowed: tuple[str, ...]) -> str:
    """A required slug out of a list."""
    value = text(body, key)
    if value not in allowed:
        raise unprocessable(f"invalid {key} {value!r}: valid values are {', '.join(allowed)}")
    return value


def name(body: Object, pattern: str, rule: str, key: str = "name") -> str:
    """A required name of the given grammar."""
    value = text(body, key)
    if not re.fullmatch(pattern, value):
        raise unprocessable(f"invalid {key}: {rule}")
    return value


def whole(body: Object, key: str, least: int, most: int, default: int | None = None) -> int:
    """A whole number within bounds; required unless there is a default."""
    value: Any = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise unprocessable(f"{key} must be a number from {least} to {most}")
    return value


def flag(body: Object, key: str, *, default: bool) -> bool:
    """A boolean."""
    value = body.get(key, default)
    if not isinstance(value, bool):
        raise unprocessable(f"{key} must be true or false")
    return value
