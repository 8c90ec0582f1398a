"""The draft's three claims about savings, computed again with every assumption spelled out. Pure.

The claims are about the four apps; NEXIA only borrows the cluster and is left out. Production is taken at the
autoscaler's minimum; its volumes and the shared services count in the total only, as the stacks make them.
"""

from decimal import Decimal
from typing import Literal

from catalogue.models.base import Model
from catalogue.models.catalogue import Catalogue
from catalogue.models.prices import NodePrice, Prices
from delivery.costing.lines import environment_pods, staging_room, storage
from delivery.costing.pods import pod
from delivery.costing.services import Choice, services

Outcome = Literal["reproduced", "not reproduced", "underdetermined"]
_TOLERANCE = Decimal("0.5")
_HUNDRED = Decimal(100)


class Scenario(Model):
    """One way to read what a claim compares with, and the saving (percent) that follows."""

    assumption: str
    stated: bool
    """Whether the draft itself says so."""
    saving: Decimal


class Claim(Model):
    """A claimed saving in percent, and what the catalogue and the prices say about it."""

    name: str
    claimed: Decimal
    scenarios: tuple[Scenario, ...]

    @property
    def outcome(self) -> Outcome:
        """By the draft's own comparison where it gives one, to half a point.

        Otherwise a claim outside all scenarios is not reproduced, and one among them is underdetermined: it
        depends on a comparison that the draft doesn't name.
        """
        stated = [one.saving for one in self.scenarios if one.stated]
        if stated:
            close = all(abs(one - self.claimed) <= _TOLERANCE for one in stated)
            return "reproduced" if close else "not reproduced"
        savings = [one.saving for one in self.scenarios]
        inside = min(savings) - _TOLERANCE <= self.claimed <= max(savings) + _TOLERANCE
        return "underdetermined" if inside else "not reproduced"


class _Parts(Model):
    """Dollars a month of the four apps."""

    apps: int
    dev: Decimal
    dev_of_two_pods: Decimal
    dev_like_staging: Decimal
    dev_like_prod: Decimal
    dev_like_prod_at_minimum: Decimal
    staging: Decimal
    prod: Decimal
    volumes: Decimal
    """Production's own, the same in every reading."""
    per_app: Decimal
    """What full separation would need for each app."""
    once: Decimal


def claims(catalogue: Catalogue, prices: Prices, choice: Choice) -> tuple[Claim, ...]:
    """The three claims of the draft's section on cost."""
    parts = _parts(catalogue, prices, choice)
    return (_staging(parts), _dev(parts), _total(parts))


def _staging(parts: _Parts) -> Claim:
    own = f"{parts.apps} separate stagings, as the draft says, each as large as the shared one (our reading)"
    big = "separate stagings, each as large as its app's production at the minimum"
    return Claim(
        name="shared staging saves 75 % of staging",
        claimed=Decimal(75),
        scenarios=(
            Scenario(assumption=own, stated=True, saving=_saving(parts.staging, parts.staging * parts.apps)),
            Scenario(assumption=big, stated=False, saving=_saving(parts.staging, parts.prod)),
        ),
    )


def _dev(parts: _Parts) -> Claim:
    readings = (
        ("against one pod a component of the staging's size", parts.dev_like_staging),
        ("against two pods a component of the dev's size", parts.dev_of_two_pods),
        ("against one pod a component of the production's size", parts.dev_like_prod),
        ("against production's size and minimum of pods", parts.dev_like_prod_at_minimum),
    )
    return Claim(
        name="minimal dev saves 60 % of dev",
        claimed=Decimal(60),
        scenarios=tuple(
            Scenario(assumption=text, stated=False, saving=_saving(parts.dev, other))
            for text, other in readings
        ),
    )


def _total(parts: _Parts) -> Claim:
    prod = parts.prod + parts.volumes
    now = parts.dev + parts.staging + prod + parts.per_app + parts.once
    stagings = parts.staging * parts.apps
    fixed = parts.per_app + parts.once
    own_fixed = parts.per_app * parts.apps + parts.once
    readings = (
        ("separate stagings only; one cluster, dev as it is", parts.dev + stagings + prod + fixed),
        (
            "separate stagings, and dev with one pod a component of the production's size; one cluster",
            parts.dev_like_prod + stagings + prod + fixed,
        ),
        (
            "separate stagings; each app with a cluster, load balancer and shared services of its own",
            parts.dev + stagings + prod + own_fixed,
        ),
        (
            "all of this: own clusters and services, separate stagings, dev like production at the minimum",
            parts.dev_like_prod_at_minimum + stagings + prod + own_fixed,
        ),
    )
    return Claim(
        name="40 % less in total than full separation",
        claimed=Decimal(40),
        scenarios=tuple(
            Scenario(assumption=text, stated=False, saving=_saving(now, other)) for text, other in readings
        ),
    )


def _parts(catalogue: Catalogue, prices: Prices, choice: Choice) -> _Parts:
    node = prices.node
    dev = sum((environment_pods(catalogue, node, app, "dev").least for app in catalogue.apps), Decimal(0))
    prod = sum((environment_pods(catalogue, node, app, "prod").least for app in catalogue.apps), Decimal(0))
    shared = services(catalogue.platform, prices, choice)
    staging = catalogue.platform.environments.staging
    count = sum(len(app.components) for app in catalogue.apps)
    return _Parts(
        apps=sum(app.slot is not None for app in catalogue.apps),
        dev=dev,
        dev_of_two_pods=dev * 2,
        dev_like_staging=staging_room(catalogue, node) / staging.max_pods * count,
        dev_like_prod=_one_pod_each(catalogue, node),
        dev_like_prod_at_minimum=prod,
        staging=staging_room(catalogue, node),
        prod=prod,
        volumes=sum((storage(app, prices) for app in catalogue.apps), Decimal(0)),
        per_app=sum((one.pods + one.rest for one in shared if one.per_app), Decimal(0)),
        once=sum((one.pods + one.rest for one in shared if not one.per_app), Decimal(0)),
    )


def _one_pod_each(catalogue: Catalogue, node: NodePrice) -> Decimal:
    sizes = [
        component.resources or app.resources
        for app in catalogue.apps
        for component in app.components.values()
    ]
    return sum((pod(node, one) for one in sizes if one), Decimal(0))


def _saving(now: Decimal, other: Decimal) -> Decimal:
    return (other - now) * _HUNDRED / other if other else Decimal(0)
