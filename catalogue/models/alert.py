"""What is watched, and who or what reacts."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.percent import Percent
from catalogue.models.text import Label

Signal = Literal["down", "performance-down", "error-rate", "event"]


class Alert(Model):
    """When `signal` stays above its threshold for `lasting`, everything in `then` reacts."""

    when: str
    """The condition in words."""
    signal: Signal = "event"
    """`event`: something that the app itself reports."""
    component: Label | None = None
    """The component that is meant; none: any."""
    above: Percent | None = None
    """Threshold of `performance-down` (percent slower) and `error-rate` (percent of requests)."""
    lasting: Duration | None = None
    """How long it has to last; none: the first occurrence counts."""
    then: Annotated[tuple[Label, ...], Field(min_length=1)]
    """Names of the platform's reactions."""

    @model_validator(mode="after")
    def _measured(self) -> Self:
        measured = self.signal in ("performance-down", "error-rate")
        if measured and self.above is None:
            raise ValueError(f"signal {self.signal} has no threshold; add `above`, like above: 10%")
        if not measured and self.above is not None:
            raise ValueError(f"signal {self.signal} knows no threshold; remove `above`")
        return self
