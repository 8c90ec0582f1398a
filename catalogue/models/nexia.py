"""NEXIA, the meta-orchestrator: an app of its own tier that watches the others."""

from typing import Annotated

from pydantic import Field

from catalogue.models.app import App
from catalogue.models.duration import Duration


class Nexia(App):
    """An app that no trigger of the others reaches, and what it supervises."""

    supervises: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ecosystems that it reads; it never writes to them."""
    escalate_after: Duration
    """How long an autonomous operation may be blocked before a human is called."""
