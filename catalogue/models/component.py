"""One part of an app: one image, one Deployment."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from catalogue.ingress import INGRESS
from catalogue.models.autoscaling import Autoscaling
from catalogue.models.base import Model
from catalogue.models.percent import Availability
from catalogue.models.quantity import Resources
from catalogue.models.text import DnsLabel, Label, SettingName, Stem, UrlPath
from catalogue.models.volume import Volume


def _free_of_ingress(port: int) -> int:
    if port == INGRESS:
        raise ValueError("is where the sandbox's ingress answers for every host; give it another port")
    return port


DevPort = Annotated[int, Field(ge=1024, le=65535), AfterValidator(_free_of_ingress)]
Need = Literal["database", "cache"]


class Component(Model):
    """What runs, where it answers and what it needs."""

    image: Label
    """Repository in the platform's registry; the Deployment is `<image>-<environment>`."""
    title: str
    dev_port: DevPort
    """Where it answers on the developer's loopback address."""
    path: UrlPath | None = None
    """Path prefix on the app's host; none: not reachable from outside."""
    health: UrlPath = "/api/health"
    """What the probes ask, and the tests' phase 3."""
    status: UrlPath | None = None
    """A further address with the component's own state, for people and tests."""
    uses: tuple[Need, ...] = ("database", "cache")
    """What it gets credentials for. Everything by default: `/api/health` reports on both; `[]` opts out."""
    database: Stem | None = None
    """Which of the app's databases; none: the first."""
    always_on: bool = False
    """Whether a drain or a lost node may never take its last ready pod."""
    supervises: bool = False
    """Whether it reads every namespace's workloads in production; only NEXIA's components may."""
    sla: Availability | None = None
    namespace: DnsLabel | None = None
    """Its own namespace in production, e.g. nexia-claude-code-prod; none: the app's."""
    autoscaling: Autoscaling | None = None
    """In production; none: the app's."""
    resources: Resources | None = None
    """In production; none: the app's."""
    volumes: dict[Label, Volume] = Field(default_factory=dict)
    settings: dict[SettingName, str] = Field(default_factory=dict)
    """Environment variables that are no secrets."""
