"""How an app goes back to what ran before."""

from typing import Annotated

from pydantic import Field

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.percent import Percent
from catalogue.models.text import DnsLabel, Label


class Rollback(Model):
    """What is undone by hand: `kubectl rollout undo deployment/<name>` for every Deployment in production."""

    deployments: Annotated[tuple[DnsLabel, ...], Field(min_length=1)]
    on_revenue_impact: bool = False
    """Whether any revenue impact rolls back at once."""
    notify: tuple[Label, ...] = ()
    """Reactions called at once when it happens."""


class ErrorRate(Model):
    """More than `above` percent of requests failing for `lasting`."""

    above: Percent
    lasting: Duration


class RollbackTriggers(Model):
    """What rolls any app back in service; the performance loss that does so is the ladder's last step."""

    health_failing: Duration
    error_rate: ErrorRate
