import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from catalogue.load import CHECKOUT
from catalogue.prices import FILE, load_prices
from catalogue.problem import CatalogueError


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    (tmp_path / "catalogue").mkdir()
    shutil.copy(CHECKOUT / FILE, tmp_path / FILE)
    return tmp_path


def test_the_price_file_is_read(prices: Path) -> None:
    assert load_prices(prices) == load_prices()
    assert load_prices().node.usd == Decimal(48)
    assert load_prices().shared["control-plane"].usd == Decimal(40)
    assert load_prices().managed.postgres.usd == Decimal(61)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'usd: "48.00"',
            "usd: 48.00",
            'node.usd = 48.0 is no amount of money; write it in quotes, like "48.00"',
        ),
        ('usd: "48.00"', 'usd: "-1"', "is no amount of money"),
        ('as_of: "2026-11-23"', 'as_of: "yesterday"', "as_of = yesterday"),
        ("cpu: 3900m", "cpu: 0m", "node costs nothing or holds nothing; give price"),
        ("cpu: 3900m", "cpu: fast", "is no Kubernetes quantity"),
        (
            "per_app: true",
            "per_ap: true",
            "shared.control-plane.per_ap is an unknown key; did you mean per_app?",
        ),
        ("shared:", "shared: {}\nrest:", "at least 1"),
        ("node:", "node: [", "is no valid YAML"),
    ],
)
def test_what_is_refused(prices: Path, old: str, new: str, says: str) -> None:
    text = (prices / FILE).read_text()
    assert old in text
    (prices / FILE).write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError) as caught:
        load_prices(prices)
    assert says in str(caught.value)
    assert "catalogue/prices.yaml" in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"cannot be read: .*; restore it from git"):
        load_prices(tmp_path)
