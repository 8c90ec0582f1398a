"""Words that a person types to let a release into production."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator


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


Phrase = Annotated[str, AfterValidator(_spoken)]
"""Compared code point by code point; nothing is normalised."""
