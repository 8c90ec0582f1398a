"""The only reader of catalogue/prices.yaml."""

from pathlib import Path

from catalogue.document import parse
from catalogue.load import CHECKOUT
from catalogue.models.prices import Prices
from catalogue.problem import CatalogueError, Problem
from catalogue.refusal import validated

FILE = "catalogue/prices.yaml"


def load_prices(root: Path | None = None) -> Prices:
    """The prices below `root`, the checkout by default.

    Raises CatalogueError with every problem of the file, also when it cannot be read.
    """
    try:
        text = ((root or CHECKOUT) / FILE).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(FILE, 0, "", "", f"cannot be read: {error}", "restore it from git")
        raise CatalogueError([problem]) from error
    document = parse(FILE, text)
    prices, refused = validated(document, Prices) if document.data is not None else (None, [])
    if prices is None or document.problems or refused:
        raise CatalogueError([*document.problems, *refused])
    return prices
