"""What a rendered object may ask for at most: `limits.yaml` as a value."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from catalogue.models.quantity import Resources
from policies.files import read
from policies.objects import Environment

FILE = Path(__file__).with_name("limits.yaml")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Autoscaling(_Model):
    """Bounds that an autoscaler must stay within: pods, and CPU in percent of the request."""

    min: int
    max: int
    cpu: int


class Tier(_Model):
    """What holds in the namespaces that match one of the patterns."""

    namespaces: tuple[str, ...]
    pod_security: Literal["restricted", "baseline"]
    containers: dict[Environment | Literal["any"], Resources]
    """The most that one container may request and use."""
    autoscaling: Autoscaling | None = None
    images: tuple[str, ...] = ()
    """Repositories that may run here beside the registry's own."""
    secrets: tuple[str, ...] = ()
    """Secrets that a workload may read here beside its own app's."""

    def container(self, environment: Environment | None) -> Resources | None:
        """The ceiling of one container; None when the tier has no such environment."""
        exact = self.containers.get(environment) if environment else None
        return exact or self.containers.get("any")


class Staging(_Model):
    """The ceiling of everything that runs in shared staging at one time, and the hosts that lead there."""

    pods: int
    total: Resources
    entry: str
    """The host of whoever owns the slot."""
    host: str
    """An app's own; `{app}` is its name."""


class Names(_Model):
    """What an app is called on the shared servers; `{stem}` is its name, or that and more behind `_`."""

    database: str
    role: str


class Reviewed(_Model):
    """Text that somebody read before it may run: what it does, and its SHA-256."""

    what: str
    sha256: str


class Limits(_Model):
    """All ceilings."""

    critical_apps: tuple[str, ...]
    """Apps that no catalogue entry can take out of the critical tier."""
    tiers: dict[str, Tier]
    staging: Staging
    registry: str
    tenants: dict[Environment, Names]
    statements: str
    """The script that makes a database tenant, a statement a line, with gaps for its names."""
    administrators: dict[str, tuple[Reviewed, ...]]
    """By the Secret with an administrator's credentials: the commands that may run with them."""
    turnover: dict[str, Reviewed]
    """By file: what hands staging over, names and moments left out."""

    def tier(self, namespace: str) -> Tier | None:
        """The first tier that the namespace belongs to; None when it is nobody's."""
        for tier in self.tiers.values():
            if any(fnmatchcase(namespace, pattern) for pattern in tier.namespaces):
                return tier
        return None


def load_limits(file: Path = FILE) -> Limits:
    """The limits. Raises OSError or ValueError when the file cannot be used."""
    return Limits.model_validate(read(file))
