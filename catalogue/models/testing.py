"""What is tested before a release moves on."""

from typing import Annotated

from pydantic import Field

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.text import Label


class Phase(Model):
    """One of the eight phases on staging, in order; all of its checks have to pass."""

    name: Label
    checks: Annotated[tuple[str, ...], Field(min_length=1)]


class Testing(Model):
    """Phases for the critical tier, checks for the standard one."""

    __test__ = False  # pytest would take the class for a test case

    phases: Annotated[tuple[Phase, ...], Field(min_length=8, max_length=8)]
    page_load: Duration
    """Within which pages load (phase 5)."""
    simplified: Annotated[tuple[str, ...], Field(min_length=1)]
    """Checks of the standard tier."""
    auto_deploy: Annotated[tuple[str, ...], Field(min_length=1)]
    """What has to hold before the standard tier goes to production by itself."""
