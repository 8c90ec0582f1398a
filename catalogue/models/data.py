"""What an app keeps in the shared services."""

from typing import Annotated

from pydantic import Field, PositiveInt

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.text import KeyPrefix, Stem


class Backup(Model):
    """Regular dumps of the production databases, besides the one before every promotion."""

    every: Duration
    keep: PositiveInt
    """How many dumps are kept."""


class Data(Model):
    """Databases by their stems (`nextstep` becomes nextstep_dev, nextstep_production), and cache keys."""

    databases: Annotated[tuple[Stem, ...], Field(min_length=1)]
    key_prefix: KeyPrefix
    """First part of every key; the environment follows: `nextstep:dev:`."""
    scripting: bool = False
    """Whether the app may EVAL; Lua is where the cache's gravest faults were (CVE-2025-49844)."""
    backup: Backup | None = None
