"""Kubernetes quantities: when two spellings are one amount (the API server rewrites `1000m` to `1`)."""

import re
from decimal import Decimal
from typing import Any

QUANTITY = re.compile(
    r"([+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+)(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?"
)
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
# Only below these keys is a text a quantity; elsewhere "1000m" and "1" are different texts.
HOLDERS = frozenset(
    {
        "resources",
        "hard",
        "limits",
        "requests",
        "capacity",
        "default",
        "defaultRequest",
        "min",
        "max",
        "maxLimitRequestRatio",
        "averageValue",
        "value",
        "sizeLimit",
        "divisor",
        "overhead",
        "podFixed",
    },
)


def amount(value: Any) -> Decimal | None:  # noqa: ANN401 - anything may stand where a quantity is expected
    """The amount of a quantity, None when the value is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix in BINARY:
        return number * Decimal(2) ** BINARY[suffix]
    exponent = DECIMAL[suffix] if suffix in DECIMAL else int(suffix[1:])
    return number.scaleb(exponent)


def same_amount(left: Any, right: Any) -> bool:  # noqa: ANN401 - as above
    """Whether both are quantities of the same amount."""
    first = amount(left)
    return first is not None and first == amount(right)
