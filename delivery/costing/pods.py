"""What one pod and one volume cost a month. Pure."""

from decimal import Decimal

from catalogue.models.prices import NodePrice, Prices
from catalogue.models.quantity import Quantity, Resources, amount

_GIB = Decimal(2**30)


def pod(node: NodePrice, resources: Resources) -> Decimal:
    """Dollars of one pod: the larger of its shares of the node, by its requests."""
    requests = resources.requests
    return (
        max(amount(requests.cpu) / amount(node.cpu), amount(requests.memory) / amount(node.memory)) * node.usd
    )


def volume(prices: Prices, size: Quantity) -> Decimal:
    """Dollars of one persistent volume."""
    return amount(size) / _GIB * prices.volume_gib.usd
