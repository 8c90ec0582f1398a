"""Percentages, written with their sign: `70%`, never 70 or 0.7, so that nobody has to guess."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_WHOLE = re.compile(r"[0-9]{1,3}%")
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]+)?%")
_HUNDRED = 100


def _percent(value: object) -> int:
    if not isinstance(value, str) or not _WHOLE.fullmatch(value) or not 1 <= int(value[:-1]) <= _HUNDRED:
        raise ValueError("is no whole percentage from 1% to 100%; write it like 70%")
    return int(value[:-1])


def _availability(value: object) -> Decimal:
    if isinstance(value, str) and _DECIMAL.fullmatch(value) and 0 < Decimal(value[:-1]) <= _HUNDRED:
        return Decimal(value[:-1])
    raise ValueError("is no percentage above 0% and up to 100%; write it like 99.9%")


Percent = Annotated[
    int,
    BeforeValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": "^([1-9][0-9]?|100)%$", "examples": ["70%"]}),
]
"""A whole number of percent, 1 to 100."""

Availability = Annotated[
    Decimal,
    BeforeValidator(_availability),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]+)?%$", "examples": ["99.9%"]}),
]
"""A share of time in percent, with decimals."""
