"""A file is named after what it holds."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from catalogue.problem import Problem
from catalogue.source import Sources


def check_files(sources: Sources) -> Iterator[Problem]:
    """The file of the app nextgen is nextgen.yaml."""
    for source in sources.everyone():
        file, name = PurePosixPath(source.document.file), source.model.name
        if file.name != f"{name}.yaml":
            cure = f"rename the file to {name}.yaml, or the app to {file.stem}"
            yield source.problem(("name",), f"is not the name of its file {file.name}", cure)
