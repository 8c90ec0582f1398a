"""What all apps share."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from catalogue.models.alert import Alert
from catalogue.models.base import Model
from catalogue.models.build import Build
from catalogue.models.cloud import Cloud
from catalogue.models.dashboard import Dashboard
from catalogue.models.environment import Environments
from catalogue.models.ladder import Ladder
from catalogue.models.reaction import Reaction
from catalogue.models.rollback import RollbackTriggers
from catalogue.models.services import Services
from catalogue.models.testing import Testing
from catalogue.models.text import AnnotationName, DnsSuffix, Label, Registry, StorageClass
from catalogue.models.trigger import Trigger


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no time zone; use an IANA name like Europe/Paris") from error
    return name


class Platform(Model):
    """The platform's own names, services, environments, thresholds, alerts and dashboards."""

    registry: Registry
    timezone: Annotated[str, AfterValidator(_zone)]
    """The slots' wall clock (D-7)."""
    domain_suffix: DnsSuffix = ""
    """Appended to every host in production; empty: hosts are single labels (D-4)."""
    ingress_class: Label
    tls_annotations: dict[AnnotationName, str] = Field(default_factory=dict)
    """On every route with TLS: the redirect from http, and what issues the certificate (D-4)."""
    shared_storage_class: StorageClass = ""
    """For volumes that pods on several nodes mount at once (D-14); all others are of the default class."""
    environments: Environments
    services: Services
    build: Build
    cloud: Cloud | None = None
    """What is bought at DigitalOcean; dev buys nothing."""
    ladder: Ladder
    rollback: RollbackTriggers
    reactions: Annotated[dict[Label, Reaction], Field(min_length=1)]
    alerts: dict[Label, Alert]
    """Watched for every app."""
    dashboards: dict[Label, Dashboard] = Field(default_factory=dict)
    """What Grafana shows of every app."""
    testing: Testing
    triggers: Annotated[tuple[Trigger, ...], Field(min_length=1)]
