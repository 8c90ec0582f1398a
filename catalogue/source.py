"""A model together with the text that it was read from, so that a problem can point at its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from catalogue.document import Document, Path, dotted
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.nexia import Nexia
from catalogue.models.platform import Platform
from catalogue.problem import Problem
from catalogue.refusal import shown

M_co = TypeVar("M_co", bound=Model, covariant=True)


@dataclass(frozen=True)
class Source(Generic[M_co]):
    """What a file says, as a model and as a document."""

    model: M_co
    document: Document
    cuts: frozenset[str] = frozenset()
    """Top-level keys that lack what was refused there: what only they could answer is not asked."""

    def problem(self, path: Path, message: str, cure: str) -> Problem:
        """A problem with the key at the path; its value and line come from the document."""
        value = shown(self.document.at(path))
        return Problem(self.document.file, self.document.line(path), dotted(path), value, message, cure)


@dataclass(frozen=True)
class Sources:
    """All files, as far as they could be read; the rest is None or left out, and checks do without."""

    platform: Source[Platform] | None
    apps: tuple[Source[App], ...]
    nexia: Source[Nexia] | None

    def everyone(self) -> Iterator[Source[App]]:
        """The apps, then NEXIA."""
        yield from self.apps
        if self.nexia:
            yield self.nexia
