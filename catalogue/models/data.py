"""What an app keeps in the shared services."""

from typing import Annotated

from pydantic import AfterValidator, Field, PositiveInt

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.quantity import Bytes
from catalogue.models.text import KeyPrefix, Stem

_HOUR, _DAY = 3600, 86400


def _divides_a_day(every: int) -> int:
    if every % _HOUR or _DAY % every:
        raise ValueError("does not divide a day into whole hours; write 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h")
    return every


class Backup(Model):
    """Regular dumps of the production databases, besides the one before every promotion."""

    every: Annotated[Duration, AfterValidator(_divides_a_day)]
    keep: PositiveInt
    """How many dumps are kept."""
    size: Bytes
    """Of the volume that holds the dumps of one database."""


class Data(Model):
    """Databases by their stems (`nextstep` becomes nextstep_dev, nextstep_production), and cache keys."""

    databases: Annotated[tuple[Stem, ...], Field(min_length=1)]
    key_prefix: KeyPrefix
    """First part of every key; the environment follows: `nextstep:dev:`."""
    scripting: bool = False
    """Whether the app may EVAL; Lua is where the cache's gravest faults were (CVE-2025-49844)."""
    backup: Backup | None = None
