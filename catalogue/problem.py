"""What is wrong in the catalogue, and how a person puts it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where it is (file, line if known, key), what stands there, what is wrong, what to do."""

    file: str
    line: int
    """1-based; 0 when the fault has no line, as with a missing file."""
    key: str
    """Dotted path within the file; empty when the file as a whole is meant."""
    value: str
    """What stands there; empty when nothing does, or when it may be a secret."""
    message: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.key} = {self.value}" if self.key and self.value else self.key
        sentence = f"{subject} {self.message}" if subject else self.message
        return f"{place}: {sentence}; {self.cure}"


class CatalogueError(Exception):
    """Every problem that was found, sorted by file and line. Its text is one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
