"""The question that every gate of production gets: may these images, so rendered, enter now."""

from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime

from catalogue.models.app import App, Tier
from catalogue.models.base import Model
from promotion.passport import Passport
from promotion.stamps import Deployed, Sha256


class Wants(Model):
    """What the catalogue asks of an app before production."""

    app: str
    tier: Tier
    images: frozenset[str]
    """Names of all its images."""
    phrase: str | None
    approvers: int
    """How many different people; the standard tier deploys by itself and needs none."""
    phases: Literal[0, 8]


class Freshness(Model):
    """How long evidence counts. Our decision, the draft is silent. At its bound it is over."""

    tested: timedelta = timedelta(days=7)
    approved: timedelta = timedelta(hours=24)
    backed_up: timedelta = timedelta(hours=4)
    skew: timedelta = timedelta(seconds=60)
    """How far two machines' clocks may differ before a stamp is from the future."""


class Question(Model):
    """Everything that a gate may look at; there is no other input, no clock, no file."""

    wants: Wants
    images: dict[str, str]
    """Image name → the full reference to be deployed."""
    manifests: Sha256
    """Hash of the app's rendered production manifests."""
    passport: Passport
    now: AwareDatetime
    requester: str | None = None
    """Who asks for the deployment, where somebody does (a bare `up` asks for nobody)."""
    quarantined: frozenset[str] = frozenset()
    """Digests (`sha256:…`) that were rolled back."""
    freshness: Freshness = Freshness()

    @property
    def verified(self) -> bool:
        """Whether just this ran in production and was verified: then its evidence never grows too old."""
        deployed = self.passport.stamps(Deployed)
        return any(one.verified and one.manifests == self.manifests for one in deployed)


def wants(app: App) -> Wants:
    """What the app's catalogue entry asks for."""
    return Wants(
        app=app.name,
        tier=app.tier,
        images=frozenset(one.image for one in app.components.values()),
        phrase=app.phrase,
        approvers=0 if app.tier == "standard" else app.approvers,
        phases=8 if app.tier == "critical" else 0,
    )
