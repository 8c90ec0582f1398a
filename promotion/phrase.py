"""The words that a person types before production: compared code point by code point, nothing normalised.

What looks alike is not alike: a refusal names the first code point that differs, so that a wrong dash or an
accent of two pieces can be seen.
"""

import unicodedata

from catalogue.models.base import Model


class Difference(Model):
    """Where two phrases part: `index` counts code points from 0; an absent code point is the phrase's end."""

    index: int
    expected: str
    """Like `U+20AC EURO SIGN`, or `end of phrase`."""
    got: str

    def __str__(self) -> str:
        return f"character {self.index + 1}: expected {self.expected}, got {self.got}"


def difference(expected: str, typed: str) -> Difference | None:
    """The first difference between the phrase and what was typed; None when they are equal.

    Raises ValueError when the expected phrase is empty: nobody's silence may open production.
    """
    if not expected:
        raise ValueError("the expected phrase is empty; the catalogue has to give one")
    if expected == typed:
        return None
    index = next(
        (place for place, pair in enumerate(zip(expected, typed, strict=False)) if pair[0] != pair[1]),
        min(len(expected), len(typed)),
    )
    return Difference(index=index, expected=_spelled(expected, index), got=_spelled(typed, index))


def _spelled(phrase: str, index: int) -> str:
    """One code point by number and name, in ASCII, so that no bidirectional or invisible one hides."""
    if index >= len(phrase):
        return "end of phrase"
    character = phrase[index]
    name = unicodedata.name(character, f"(unnamed, category {unicodedata.category(character)})")
    return f"U+{ord(character):04X} {name}"
