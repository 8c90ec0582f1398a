"""A rule: what it says about itself and how it judges; found by folder.

A module of `policies/rules` holds `META` and one of two functions:
`check(item, context)` judges one object and yields one sentence a violation;
`check_stack(items, context)` judges objects against each other and yields (object, sentence).
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import BaseModel, ConfigDict

from policies.limits import Limits
from policies.objects import Environment, Object

if TYPE_CHECKING:
    from policies.evidence import Evidence

Severity = Literal["low", "medium", "high", "critical"]
Place = Literal["program", "preview", "state", "live", "admission"]
EVERYWHERE: tuple[Place, ...] = ("preview", "state", "live")
ALL_ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)


class Meta(BaseModel):
    """What a rule says about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    clause: str
    """The section of the customer's draft that asks for it."""
    title: str
    """An imperative sentence: what every object must or must not do."""
    remediation: str
    """What to change, as an imperative sentence."""
    reference: str
    """URL of the public documentation that explains the setting."""
    kinds: frozenset[str]
    """Kinds of objects that it judges; empty: every kind."""
    environments: tuple[Environment, ...] = ALL_ENVIRONMENTS
    """Objects of other environments pass; objects of no known environment are judged."""
    places: tuple[Place, ...] = EVERYWHERE
    """Where `check` judges; admission is added by `cel`. `program`: before the program registers anything."""
    waivable: bool = True
    cel: str = ""
    """The same for the API server, where CEL can say it: true for what is accepted. Knows `object`, and for
    kinds that carry pods the variables of `policies/admission.py`."""


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the objects."""

    limits: Limits
    evidence: "Callable[[], Evidence]"
    """What releases have earned; read only when something of prod is judged. Raises ValueError."""


Check = Callable[[Object, Context], Iterable[str]]
StackCheck = Callable[[Sequence[Object], Context], Iterable[tuple[Object, str]]]


@dataclass(frozen=True)
class Rule:
    """A loaded rule; exactly one of `check` and `check_stack` is set."""

    id: str
    """The module's name with dashes."""
    meta: Meta
    check: Check | None
    check_stack: StackCheck | None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it judges: at admission too when it can be said in CEL."""
        return (*self.meta.places, "admission") if self.meta.cel else self.meta.places

    def claims(self, item: Object) -> bool:
        """Whether it judges objects of this kind in this environment."""
        if item.kind not in self.meta.kinds if self.meta.kinds else not item.is_kubernetes:
            return False
        return item.environment is None or item.environment in self.meta.environments


def load(module: ModuleType) -> Rule:
    """The rule in a module. Raises TypeError when the module is none, so that none is lost silently."""
    name = module.__name__.rpartition(".")[2]
    meta = getattr(module, "META", None)
    check, check_stack = getattr(module, "check", None), getattr(module, "check_stack", None)
    if not isinstance(meta, Meta) or (check is None) == (check_stack is None):
        raise TypeError(f"policies/rules/{name}.py must define META and either check or check_stack")
    return Rule(name.replace("_", "-"), meta, check, check_stack)


@cache
def rules() -> tuple[Rule, ...]:
    """All rules of `policies/rules`, by name. Raises TypeError for a module that is no rule."""
    package = importlib.import_module("policies.rules")
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return tuple(load(importlib.import_module(f"policies.rules.{name}")) for name in names)
