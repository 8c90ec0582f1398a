"""One app as its file says it; what it is in an environment is derived."""

from typing import Annotated, Literal

from pydantic import Field

from catalogue.models.alert import Alert
from catalogue.models.autoscaling import Autoscaling
from catalogue.models.base import Model
from catalogue.models.component import Component
from catalogue.models.data import Data
from catalogue.models.percent import Availability
from catalogue.models.phrase import Phrase
from catalogue.models.quantity import Resources
from catalogue.models.rollback import Rollback
from catalogue.models.slot import Slot
from catalogue.models.text import DnsLabel, DnsName, Label

Tier = Literal["critical", "standard", "independent"]


class Namespaces(Model):
    """Namespaces of an app that doesn't follow the platform's templates."""

    dev: DnsLabel
    prod: DnsLabel


class Hosts(Model):
    """Hosts that differ from the platform's templates."""

    dev: DnsName | None = None
    staging: DnsName | None = None
    prod: DnsName | None = None


class App(Model):
    """What an app is. `autoscaling` and `resources` are those of production, for each component (D-3)."""

    name: Label
    title: str
    tier: Tier
    """`critical`: shared staging, eight phases, a phrase. `standard`: straight to production after simplified
    tests. `independent`: outside the apps' pipelines."""
    slot: Slot | None = None
    phrase: Phrase | None = None
    approvers: Annotated[int, Field(ge=1, le=5)] = 1
    """How many different people have to type the phrase."""
    sla: Availability | None = None
    autoscaling: Autoscaling | None = None
    resources: Resources | None = None
    external: bool = False
    """Whether its pods may reach https endpoints outside the cluster."""
    namespaces: Namespaces | None = None
    hosts: Hosts = Hosts()
    components: Annotated[dict[Label, Component], Field(min_length=1)]
    data: Data
    alerts: dict[Label, Alert] = Field(default_factory=dict)
    rollback: Rollback
