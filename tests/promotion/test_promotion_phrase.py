import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotion.phrase import difference

NEXTGEN = "DEPLOY NEXTGEN PROD - \u20ac2.3M ARR CONFIRM\u00c9"

REFUSED = [
    (
        "decomposed accent",
        NEXTGEN[:-1] + "E\u0301",
        39,
        "U+00C9 LATIN CAPITAL LETTER E WITH ACUTE",
        "U+0045 LATIN CAPITAL LETTER E",
    ),
    (
        "Cyrillic O",
        "DEPL\u041eY" + NEXTGEN[6:],
        4,
        "U+004F LATIN CAPITAL LETTER O",
        "U+041E CYRILLIC CAPITAL LETTER O",
    ),
    (
        "Greek capital epsilon",
        "D\u0395PLOY" + NEXTGEN[6:],
        1,
        "U+0045 LATIN CAPITAL LETTER E",
        "U+0395 GREEK CAPITAL LETTER EPSILON",
    ),
    ("en dash", NEXTGEN.replace("-", "\u2013"), 20, "U+002D HYPHEN-MINUS", "U+2013 EN DASH"),
    ("em dash", NEXTGEN.replace("-", "\u2014"), 20, "U+002D HYPHEN-MINUS", "U+2014 EM DASH"),
    ("minus sign", NEXTGEN.replace("-", "\u2212"), 20, "U+002D HYPHEN-MINUS", "U+2212 MINUS SIGN"),
    (
        "non-breaking hyphen",
        NEXTGEN.replace("-", "\u2011"),
        20,
        "U+002D HYPHEN-MINUS",
        "U+2011 NON-BREAKING HYPHEN",
    ),
    ("zero-width space", "DEPLOY\u200b" + NEXTGEN[6:], 6, "U+0020 SPACE", "U+200B ZERO WIDTH SPACE"),
    ("zero-width joiner at the end", NEXTGEN + "\u200d", 40, "end of phrase", "U+200D ZERO WIDTH JOINER"),
    (
        "byte order mark first",
        "\ufeff" + NEXTGEN,
        0,
        "U+0044 LATIN CAPITAL LETTER D",
        "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    ),
    (
        "right-to-left override",
        "DEPLOY \u202e" + NEXTGEN[7:],
        7,
        "U+004E LATIN CAPITAL LETTER N",
        "U+202E RIGHT-TO-LEFT OVERRIDE",
    ),
    (
        "left-to-right mark",
        "DEPLOY \u200e" + NEXTGEN[7:],
        7,
        "U+004E LATIN CAPITAL LETTER N",
        "U+200E LEFT-TO-RIGHT MARK",
    ),
    ("no-break space", NEXTGEN.replace(" ", "\u00a0", 1), 6, "U+0020 SPACE", "U+00A0 NO-BREAK SPACE"),
    (
        "narrow no-break space",
        NEXTGEN.replace(" ", "\u202f", 1),
        6,
        "U+0020 SPACE",
        "U+202F NARROW NO-BREAK SPACE",
    ),
    ("two spaces", NEXTGEN.replace(" ", "  ", 1), 7, "U+004E LATIN CAPITAL LETTER N", "U+0020 SPACE"),
    ("comma for dot", NEXTGEN.replace(".", ","), 24, "U+002E FULL STOP", "U+002C COMMA"),
    ("lower case", NEXTGEN.lower(), 0, "U+0044 LATIN CAPITAL LETTER D", "U+0064 LATIN SMALL LETTER D"),
    (
        "lower accent",
        NEXTGEN[:-1] + "\u00e9",
        39,
        "U+00C9 LATIN CAPITAL LETTER E WITH ACUTE",
        "U+00E9 LATIN SMALL LETTER E WITH ACUTE",
    ),
    (
        "no accent",
        NEXTGEN[:-1] + "E",
        39,
        "U+00C9 LATIN CAPITAL LETTER E WITH ACUTE",
        "U+0045 LATIN CAPITAL LETTER E",
    ),
    ("no euro sign", NEXTGEN.replace("\u20ac", ""), 22, "U+20AC EURO SIGN", "U+0032 DIGIT TWO"),
    (
        "another euro sign",
        NEXTGEN.replace("\u20ac", "\u20a0"),
        22,
        "U+20AC EURO SIGN",
        "U+20A0 EURO-CURRENCY SIGN",
    ),
    ("fullwidth digit", NEXTGEN.replace("2", "\uff12"), 23, "U+0032 DIGIT TWO", "U+FF12 FULLWIDTH DIGIT TWO"),
    ("trailing newline", NEXTGEN + "\n", 40, "end of phrase", "U+000A (unnamed, category Cc)"),
    ("trailing blank", NEXTGEN + " ", 40, "end of phrase", "U+0020 SPACE"),
    ("leading blank", " " + NEXTGEN, 0, "U+0044 LATIN CAPITAL LETTER D", "U+0020 SPACE"),
    ("cut short", NEXTGEN[:-1], 39, "U+00C9 LATIN CAPITAL LETTER E WITH ACUTE", "end of phrase"),
    ("nothing", "", 0, "U+0044 LATIN CAPITAL LETTER D", "end of phrase"),
    ("lone surrogate", NEXTGEN + "\udcc9", 40, "end of phrase", "U+DCC9 (unnamed, category Cs)"),
]


@pytest.mark.parametrize(
    ("typed", "index", "expected", "got"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_only_looks_alike_is_refused_at_its_place(
    typed: str, index: int, expected: str, got: str
) -> None:
    found = difference(NEXTGEN, typed)
    assert found is not None
    assert (found.index, found.expected, found.got) == (index, expected, got)
    assert str(found).isascii()
    assert str(found) == f"character {index + 1}: expected {expected}, got {got}"


def test_the_phrase_itself_is_accepted() -> None:
    assert len(NEXTGEN) == 40
    assert difference(NEXTGEN, NEXTGEN) is None


def test_an_empty_expectation_is_refused() -> None:
    with pytest.raises(ValueError, match="the catalogue has to give one"):
        difference("", "")


@given(st.text(min_size=1), st.text())
def test_only_equal_code_points_are_equal(expected: str, typed: str) -> None:
    found = difference(expected, typed)
    assert (found is None) == ([ord(one) for one in expected] == [ord(one) for one in typed])
    if found:
        assert expected[: found.index] == typed[: found.index]
        assert expected[found.index : found.index + 1] != typed[found.index : found.index + 1]


@given(st.text(min_size=1))
def test_nothing_is_normalised(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        changed = unicodedata.normalize(form, text)
        assert (difference(text, changed) is None) == (changed == text)
