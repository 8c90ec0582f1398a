"""A container's requests and limits as numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from catalogue.models.quantity import Compute, amount

Resource = Literal["memory", "cpu"]
RESOURCES: tuple[Resource, ...] = ("memory", "cpu")


def parsed(amounts: Mapping[str, Any] | None, resource: Resource) -> Decimal | None:
    """What is asked for, in bytes or cores; None when it is missing or no quantity."""
    value = (amounts or {}).get(resource)
    if value is None:
        return None
    try:
        return amount(plain(value))
    except ValueError:
        return None


def plain(value: object) -> str:
    """A quantity as text, to the last digit; the engine turns a number such as 1 into 1.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def ceiling(compute: Compute, resource: Resource) -> str:
    """The ceiling as it is written in `limits.yaml`."""
    return compute.memory if resource == "memory" else compute.cpu
