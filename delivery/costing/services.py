"""What all apps share: what a cluster needs, the servers as the stacks make them, what is bought. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from catalogue.models.base import Model
from catalogue.models.cloud import CloudDatabase
from catalogue.models.platform import Platform
from catalogue.models.prices import Price, Prices
from delivery.costing.pods import pod, volume


class Choice(Model):
    """What the settings of the stack `prod` say about that (`blueocean:…`)."""

    servers: bool
    """sharedServices: whether the servers are made at all."""
    postgres_address: str = ""
    redis_address: str = ""
    """Where a server stands elsewhere, and none is made in the cluster."""
    workshop: bool
    """Whether registry and managed servers are bought."""


class Service(Model):
    """Dollars a month of one thing."""

    name: str
    pods: Decimal = Decimal(0)
    """Its share of the nodes."""
    rest: Decimal = Decimal(0)
    """Its volume, or its price."""
    per_app: bool = True
    """Whether full separation would need one for each app."""


def services(platform: Platform, prices: Prices, choice: Choice) -> tuple[Service, ...]:
    """Everything shared that is paid for."""
    return (
        *(
            Service(name=name, rest=one.usd * one.count, per_app=one.per_app)
            for name, one in prices.shared.items()
        ),
        *_servers(platform, prices, choice),
        *_bought(platform, prices, choice),
    )


def remarks(platform: Platform, choice: Choice) -> tuple[str, ...]:
    """What was assumed about it, in sentences."""
    data = platform.cloud.data if platform.cloud and choice.workshop else None
    places = (
        ("Postgres", choice.postgres_address, data.postgres if data else None),
        ("Valkey", choice.redis_address, data.valkey if data else None),
    )
    return (*(_place(name, address, choice, bought) for name, address, bought in places), _watch(choice))


def _servers(platform: Platform, prices: Prices, choice: Choice) -> Iterator[Service]:
    elsewhere = {"postgres": choice.postgres_address, "redis": choice.redis_address}
    for name, size in platform.services.sizes if choice.servers else ():
        if not elsewhere.get(name):
            yield Service(name=name, pods=pod(prices.node, size.resources), rest=volume(prices, size.volume))


def _bought(platform: Platform, prices: Prices, choice: Choice) -> Iterator[Service]:
    cloud = platform.cloud
    if cloud is None or not choice.workshop:
        return
    yield Service(name="registry", rest=prices.registry.usd, per_app=False)
    if cloud.data:
        yield from _managed("managed-postgres", cloud.data.postgres, prices.managed.postgres)
        yield from _managed("managed-valkey", cloud.data.valkey, prices.managed.valkey)


def _managed(name: str, what: CloudDatabase | None, price: Price) -> Iterator[Service]:
    if what:
        yield Service(name=name, rest=price.usd * what.nodes)


def _place(name: str, address: str, choice: Choice, bought: CloudDatabase | None) -> str:
    managed = f"{bought.nodes} managed node(s) of the price list's size" if bought else ""
    if choice.servers and not address:
        own = f"{name} is one pod in the cluster and its volume"
        return f"{own}; {managed} besides." if managed else f"{own}."
    if managed:
        return f"{name} is {managed}."
    where = (
        f"stands at {address}, which somebody else pays" if address else "is made by no stack and not in here"
    )
    return f"{name} {where}."


def _watch(choice: Choice) -> str:
    if choice.servers:
        return "Prometheus and Grafana are a pod in the cluster and a volume each."
    return "Prometheus and Grafana are made by no stack and not in here."
