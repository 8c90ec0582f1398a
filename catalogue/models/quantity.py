"""Kubernetes resource quantities: kept as written, compared by value.

Grammar and suffixes: Kubernetes API reference, `Quantity`
(https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from math import ceil
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from catalogue.models.base import Model

_NUMBER = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_WITH_SUFFIX = re.compile(_NUMBER + r"([A-Za-z]*)")
_WITH_EXPONENT = re.compile(_NUMBER + r"[eE]([+-]?[0-9]{1,2})")
_SUFFIXES: dict[str, Decimal] = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_MOST = 2**63 - 1
"""Of bytes or milli-cores; Kubernetes writes what is above as this."""


def amount(quantity: str) -> Decimal:
    """The value of a quantity in its base unit (cores, bytes, pieces).

    Raises ValueError when the text is no Kubernetes quantity or is negative.
    """
    scientific = _WITH_EXPONENT.fullmatch(quantity)
    if scientific:
        return Decimal(scientific[1]).scaleb(int(scientific[2]))
    match = _WITH_SUFFIX.fullmatch(quantity)
    if not match or match[2] not in _SUFFIXES:
        raise ValueError(f"{quantity!r} is not a Kubernetes quantity; write it like 500m, 2, 128Mi or 1.5Gi")
    return Decimal(match[1]) * _SUFFIXES[match[2]]


def _checked(quantity: str) -> str:
    try:
        amount(quantity)
    except ValueError as error:
        raise ValueError("is no Kubernetes quantity; write it like 500m, 128Mi or 1.5Gi") from error
    return quantity


_SCHEMA = r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$"
Quantity = Annotated[
    str,
    AfterValidator(_checked),
    WithJsonSchema({"type": "string", "pattern": _SCHEMA, "examples": ["500m", "1.5Gi"]}),
]


def _counted(unit: str, size: Decimal, suffixes: tuple[str, ...]) -> AfterValidator:
    """Refuses what Kubernetes would round up or cap; the cure is written with the first suffix that fits."""

    def check(quantity: str) -> str:
        value = amount(quantity)
        if value > _MOST * size:
            raise ValueError(f"is more than Kubernetes can count; write at most {_MOST} {unit}")
        if value % size:
            suffix = next((one for one in suffixes if value >= 100 * _SUFFIXES[one]), suffixes[-1])
            cure = f"write {ceil(value / _SUFFIXES[suffix])}{suffix}, which is a little more"
            raise ValueError(f"is no whole number of {unit}; {cure}")
        return quantity

    return AfterValidator(check)


Bytes = Annotated[Quantity, _counted("bytes", Decimal(1), ("Mi", "Ki", ""))]
"""An amount of memory or storage."""
Cores = Annotated[Quantity, _counted("milli-cores", Decimal("1e-3"), ("m",))]
"""An amount of CPU."""


class Compute(Model):
    """An amount of memory and CPU, as Kubernetes quantities."""

    memory: Bytes
    cpu: Cores


class Resources(Model):
    """What a container asks for and what it may use at most."""

    requests: Compute
    limits: Compute


def memory(value: Decimal) -> str:
    """The shortest exact quantity, e.g. 268435456 → 256Mi, at most Kubernetes' own limit.

    Raises ValueError for part of a byte.
    """
    value = min(value, Decimal(_MOST))
    if value != value.to_integral_value():
        raise ValueError(f"{value} bytes is no whole number of bytes")
    for suffix in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
        if value and value % _SUFFIXES[suffix] == 0:
            return f"{int(value / _SUFFIXES[suffix])}{suffix}"
    return str(int(value))


def cpu(value: Decimal) -> str:
    """A CPU amount in milli-cores, e.g. 0.2 → 200m, at most Kubernetes' own limit.

    Raises ValueError for part of a milli-core.
    """
    milli = min(value * 1000, Decimal(_MOST))
    if milli != milli.to_integral_value():
        raise ValueError(f"{value} cores is no whole number of milli-cores")
    return f"{int(milli)}m"


def times(resources: Resources, pods: int) -> Resources:
    """The same for `pods` pods."""
    return Resources(requests=_scaled(resources.requests, pods, 1), limits=_scaled(resources.limits, pods, 1))


def shared(resources: Resources, pods: int) -> Resources:
    """The part of one of `pods` pods. Raises ValueError when it doesn't divide into bytes and milli-cores."""
    return Resources(requests=_scaled(resources.requests, 1, pods), limits=_scaled(resources.limits, 1, pods))


def total(parts: Iterable[Resources]) -> Resources:
    """The sum of all parts; of none: nothing."""
    listed = tuple(parts)
    return Resources(
        requests=_summed(part.requests for part in listed), limits=_summed(part.limits for part in listed)
    )


def _scaled(one: Compute, factor: int, divisor: int) -> Compute:
    return Compute(
        memory=memory(amount(one.memory) * factor / divisor), cpu=cpu(amount(one.cpu) * factor / divisor)
    )


def _summed(parts: Iterable[Compute]) -> Compute:
    listed = tuple(parts)
    return Compute(
        memory=memory(sum((amount(part.memory) for part in listed), Decimal(0))),
        cpu=cpu(sum((amount(part.cpu) for part in listed), Decimal(0))),
    )
