"""Every decision that the catalogue names has its page, and every page says where to change it."""

import re
from itertools import chain

from catalogue.load import CHECKOUT

PAGES = {file.name.split("-")[1]: file for file in (CHECKOUT / "docs/decisions").glob("D-*.md")}


def test_every_decision_that_is_named_has_a_page() -> None:
    files = chain((CHECKOUT / "catalogue").rglob("*.yaml"), (CHECKOUT / "catalogue").rglob("*.py"))
    named = {
        number for file in files for number in re.findall(r"\bD-(\d+)", file.read_text(encoding="utf-8"))
    }
    assert named <= set(PAGES)
    assert {str(number) for number in range(1, 11)} <= set(PAGES)


def test_the_places_that_a_page_names_exist() -> None:
    for file in PAGES.values():
        text = file.read_text(encoding="utf-8")
        assert "**To change it:**" in text
        for place in re.findall(r"`(catalogue/[^`]*)`", text):
            assert (CHECKOUT / place).exists(), f"{file.name} names {place}"
