"""A daily window in which one app owns the shared staging: half-open [start, end) (D-7)."""

import re
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from catalogue.models.base import Model

_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_CLOCK = re.compile(_PATTERN)


def _clock(value: object) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError('is no time of day; write it like "09:00", from "00:00" to "23:59"')
    return time.fromisoformat(value)


Clock = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_PATTERN})$", "examples": ["09:00"]}),
]
"""A time of day on the wall clock of the platform's time zone."""


class Slot(Model):
    """From `start`, which belongs to it, to `end`, which does not."""

    start: Clock
    end: Clock

    def overlaps(self, other: "Slot") -> bool:
        """Whether some moment belongs to both. Slots that touch don't overlap."""
        return self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"
