"""What each random resource generates from its inputs, given a source of randomness."""

import base64
import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.plugins.values import Secret

DEFAULT_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"  # as documented for `overrideSpecial`
CLASSES = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits}

Generated = tuple[str, dict[str, Any]]  # the resource id and its outputs


class ImpossibleError(ValueError):
    """Inputs that nothing can be generated from: `field` is the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type."""

    generate: Callable[[dict[str, Any], random.Random], Generated]


def password(inputs: dict[str, Any], source: random.Random) -> Generated:
    """A password of `length` characters with at least `min…` of each class; its id says nothing about it."""
    length = int(inputs.get("length", 0))
    classes = _classes(inputs)
    if not classes:
        raise ImpossibleError("special", "At least one of lower, upper, numeric and special must be on.")
    least = {name: int(inputs.get(f"min{name.capitalize()}", 0)) for name in classes}
    if length < 1 or sum(least.values()) > length:
        raise ImpossibleError("length", "The length must be at least 1 and at least the sum of the minimums.")
    letters = [source.choice(classes[name]) for name, count in least.items() for _ in range(count)]
    everything = "".join(classes.values())
    letters += [source.choice(everything) for _ in range(length - len(letters))]
    source.shuffle(letters)
    return "none", {"result": Secret("".join(letters)), **_defaults(inputs, classes, least)}


def _classes(inputs: dict[str, Any]) -> dict[str, str]:
    classes = {name: letters for name, letters in CLASSES.items() if inputs.get(name, True)}
    if inputs.get("special", True):
        classes["special"] = inputs.get("overrideSpecial") or DEFAULT_SPECIAL
    return classes


def _defaults(inputs: dict[str, Any], classes: dict[str, str], least: dict[str, int]) -> dict[str, Any]:
    """The options as they took effect, which programs may read."""
    names = ("lower", "upper", "numeric", "special")
    options = {name: name in classes for name in names}
    minimums = {f"min{name.capitalize()}": least.get(name, 0) for name in names}
    return {key: value for key, value in {**options, **minimums}.items() if key not in inputs}


def identifier(inputs: dict[str, Any], source: random.Random) -> Generated:
    """`byteLength` random bytes in several spellings, each after the `prefix`."""
    size = int(inputs.get("byteLength", 0))
    if size < 1:
        raise ImpossibleError("byteLength", "byteLength must be at least 1.")
    raw, prefix = source.randbytes(size), inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return url, {
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
    }


KINDS = {
    "random:index/randomPassword:RandomPassword": Kind(password),
    "random:index/randomId:RandomId": Kind(identifier),
}
