"""The files that rules go by, read as strictly as the catalogue: a key given twice is refused."""

from pathlib import Path

from catalogue.document import parse
from catalogue.problem import CatalogueError


def read(file: Path, name: str = "") -> object:
    """A YAML file as plain data; `name` is what problems call it, else its own.

    Raises OSError, or ValueError with all that is wrong with its text.
    """
    document = parse(name or file.name, file.read_text(encoding="utf-8"))
    if document.problems:
        raise ValueError(str(CatalogueError(document.problems)))
    return document.data
