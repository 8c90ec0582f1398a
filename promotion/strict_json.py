"""JSON as evidence has to be: bounded, UTF-8, no duplicate keys, no NaN."""

import json
from typing import Any, NoReturn

_DIGITS = 20  # of 64 bits


def parse(data: bytes, most: int) -> dict[str, Any]:
    """The object that the bytes hold.

    Raises ValueError, saying what is wrong, for more than `most` bytes and for what two readers could
    understand differently: a duplicate key, NaN or Infinity, a whole number of very many digits, another
    encoding, a value that is no object.
    """
    if len(data) > most:
        raise ValueError(f"has {len(data)} bytes, at most {most} are read")
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number, parse_int=_short
        )
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - the reader of a file expects one kind of error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"has the key {key!r} twice")
        found[key] = value
    return found


def _short(text: str) -> int:
    """Python itself takes seconds for a million digits, or refuses them with a cure for programmers."""
    if len(text) > _DIGITS:
        raise ValueError(f"holds a number of {len(text)} digits, at most {_DIGITS} are read")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"holds {text}, which is no JSON number")
