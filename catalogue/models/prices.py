"""What things cost a month: list prices as assumptions, each with its source."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PositiveInt, WithJsonSchema, model_validator

from catalogue.models.base import Model
from catalogue.models.quantity import Bytes, Cores, amount
from catalogue.models.text import Label

_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")


def _amount(value: object) -> Decimal:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ValueError('is no amount of money; write it in quotes, like "48.00"')
    return Decimal(value)


Usd = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": f"^{_AMOUNT.pattern}$", "examples": ["48.00"]}),
]
"""US dollars a month."""


class Price(Model):
    """A monthly price, taxes not included."""

    title: str
    usd: Usd
    source: str
    """Where the figure comes from; an assumption that nobody could look up says so."""
    dated: date
    """When the source says so, or when the assumption was made."""


class NodePrice(Price):
    """A worker node and what pods may request of it."""

    cpu: Cores
    memory: Bytes

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.usd and amount(self.cpu) and amount(self.memory)):
            raise ValueError("costs nothing or holds nothing; give price, cpu and memory above zero")
        return self


class SharedPrice(Price):
    """Something that every cluster has, or that all apps share in one."""

    count: PositiveInt = 1
    per_app: bool
    """Whether full separation would need one for each app."""


class ManagedPrices(Model):
    """One node of a managed server of each kind, bought where the catalogue's `cloud.data` names it."""

    postgres: Price
    valkey: Price


class Prices(Model):
    """The price file."""

    as_of: date
    """When somebody last went through the file."""
    node: NodePrice
    volume_gib: Price
    """One GiB of a persistent volume."""
    shared: Annotated[dict[Label, SharedPrice], Field(min_length=1)]
    """Paid whatever the catalogue says: a cluster needs it, whoever makes the cluster."""
    registry: Price
    """Bought by the stack with the setting `workshop`."""
    managed: ManagedPrices
