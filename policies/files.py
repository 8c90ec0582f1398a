"""The files that rules go by, read as strictly as the catalogue: a key given twice is refused."""

from pathlib import Path

from catalogue.document import parse


def read(file: Path) -> object:
    """A YAML file as plain data. Raises OSError, or ValueError with all that is wrong with its text."""
    document = parse(file.name, file.read_text(encoding="utf-8"))
    if document.problems:
        raise ValueError("; ".join(map(str, document.problems)))
    return document.data
