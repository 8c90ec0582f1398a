"""A catalogue of one's own to break: a copy of the real files, and what the reader says about it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from catalogue.load import CHECKOUT, load
from catalogue.problem import CatalogueError

# No deadline: the machine may be busy. No database: a test leaves nothing behind.
hypothesis.settings.register_profile("blueocean", deadline=None, database=None)
hypothesis.settings.load_profile("blueocean")

Edit = Callable[[str, str, str], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A valid copy of catalogue/*.yaml, catalogue/apps and releases."""
    (tmp_path / "catalogue").mkdir()
    for name in ("platform.yaml", "nexia.yaml"):
        shutil.copy(CHECKOUT / "catalogue" / name, tmp_path / "catalogue" / name)
    shutil.copytree(CHECKOUT / "catalogue" / "apps", tmp_path / "catalogue" / "apps")
    shutil.copytree(CHECKOUT / "releases", tmp_path / "releases")
    return tmp_path


@pytest.fixture
def edit(root: Path) -> Edit:
    """Replaces one passage of a file, which has to be there exactly once."""

    def replace(file: str, old: str, new: str) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (root / file).write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def complaints(root: Path) -> Callable[[], list[str]]:
    """The reader's complaints about the copy, one line each; none when it is valid."""

    def read() -> list[str]:
        try:
            load(root)
        except CatalogueError as error:
            return str(error).splitlines()
        return []

    return read
