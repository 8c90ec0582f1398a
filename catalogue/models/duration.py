"""Spans of time, written with their unit: `30s`, `5m`, `24h`; kept in whole seconds."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_PATTERN = re.compile(r"([1-9][0-9]{0,5})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def _duration(value: object) -> int:
    match = _PATTERN.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError("is no duration; write it like 30s, 5m or 24h")
    return int(match[1]) * _SECONDS[match[2]]


Duration = Annotated[
    int,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}[smh]$", "examples": ["5m"]}),
]
"""Whole seconds, more than none."""
