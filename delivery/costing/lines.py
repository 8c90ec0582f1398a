"""What each app costs in each environment, and what all share: shares of worker nodes, volumes, prices. Pure.

A pod costs the larger of its shares of a node's CPU and memory, by its requests. Production is given from the
autoscaler's minimum to its maximum. The shared staging's room is paid around the clock, and an app's share of
it is that of its slot.
"""

from decimal import Decimal
from math import ceil

from catalogue import names, pods
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.catalogue import Catalogue
from catalogue.models.prices import NodePrice, Prices
from catalogue.models.shape import Environment
from catalogue.models.slot import Slot
from delivery.costing.pods import pod, volume
from delivery.costing.services import Choice, Service, services

SHARED = "(shared)"
_TRIFLE = Decimal("0.000001")


class Line(Model):
    """Dollars a month of an app in an environment, at the fewest pods and at the most."""

    app: str
    environment: str
    least: Decimal
    most: Decimal
    pods: Decimal = Decimal(0)
    """What of `least` is a share of nodes."""


class Bill(Model):
    """All lines, and the whole nodes that their pods fill at least."""

    lines: tuple[Line, ...]
    nodes: int

    @property
    def least(self) -> Decimal:
        """The sum at the fewest pods."""
        return sum((one.least for one in self.lines), Decimal(0))

    @property
    def most(self) -> Decimal:
        """The sum at the most pods."""
        return sum((one.most for one in self.lines), Decimal(0))


def bill(catalogue: Catalogue, prices: Prices, choice: Choice) -> Bill:
    """A month of everything that the stacks make of the catalogue."""
    apps = (*catalogue.apps, catalogue.nexia)
    lines = [_line(catalogue, prices, app, where) for app in apps for where in names.environments_of(app)]
    lines += [_shared(one) for one in services(catalogue.platform, prices, choice)]
    return Bill(
        lines=tuple(lines), nodes=whole_nodes(sum((one.pods for one in lines), Decimal(0)), prices.node)
    )


def whole_nodes(pods_cost: Decimal, node: NodePrice) -> int:
    """How many nodes the pods fill at least.

    Seven pods of a seventh are one node, though the sum of their rounded shares is a trifle more.
    """
    return ceil((pods_cost / node.usd).quantize(_TRIFLE))


def staging_room(catalogue: Catalogue, node: NodePrice) -> Decimal:
    """Dollars a month of the shared staging: as many pods as it may hold, around the clock."""
    staging = catalogue.platform.environments.staging
    return pod(node, pods.quarter(staging)) * staging.max_pods


def environment_pods(catalogue: Catalogue, node: NodePrice, app: App, where: Environment) -> Line:
    """The pods of an app in dev or prod, without volumes."""
    least = most = Decimal(0)
    for name, component in app.components.items():
        each = pod(node, pods.resources(catalogue.platform, app, component, where))
        scaling = pods.autoscaling(app, component, where)
        steady = pods.replicas(catalogue.platform, app, name, where) or 0
        least += each * (scaling.min if scaling else steady)
        most += each * (scaling.max if scaling else steady)
    return Line(app=app.name, environment=where, least=least, most=most, pods=least)


def storage(app: App, prices: Prices) -> Decimal:
    """The volumes of an app in production: its components', and one for the dumps of each database."""
    sizes = [one.size for component in app.components.values() for one in component.volumes.values()]
    if app.data.backup:
        sizes += [app.data.backup.size for _ in app.data.databases]
    return sum((volume(prices, one) for one in sizes), Decimal(0))


def _line(catalogue: Catalogue, prices: Prices, app: App, where: Environment) -> Line:
    if where == "staging":
        share = staging_room(catalogue, prices.node) * _slot_share(catalogue, app)
        return Line(app=app.name, environment=where, least=share, most=share, pods=share)
    line = environment_pods(catalogue, prices.node, app, where)
    extra = storage(app, prices) if where == "prod" else Decimal(0)
    return line.model_copy(update={"least": line.least + extra, "most": line.most + extra})


def _shared(one: Service) -> Line:
    whole = one.pods + one.rest
    return Line(app=SHARED, environment=one.name, least=whole, most=whole, pods=one.pods)


def _slot_share(catalogue: Catalogue, app: App) -> Decimal:
    whole = sum(_minutes(one.slot) for one in catalogue.apps)
    return Decimal(_minutes(app.slot)) / whole if whole else Decimal(0)


def _minutes(slot: Slot | None) -> int:
    if slot is None:
        return 0
    return (slot.end.hour - slot.start.hour) * 60 + slot.end.minute - slot.start.minute
