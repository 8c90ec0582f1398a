"""A case: a stack with one fault, the rule that must refuse it, and in which words."""

from dataclasses import dataclass, field, replace
from datetime import date

from policies.evidence import Evidence, EvidenceError
from policies.judge import Finding, Judge
from policies.limits import load_limits
from policies.objects import Object
from policies.rule import Context, rules
from policies.waivers import Waivers
from tests.policies.policy_objects import Manifest, in_stack, spoiled, world

TODAY = date(2026, 11, 23)
LIMITS = load_limits()


@dataclass(frozen=True)
class Case:
    """`message` is the whole sentence of the finding; None: the rule must accept the stack."""

    rule: str
    name: str
    env: str
    message: str | None
    objects: dict[str, Manifest] = field(hash=False)
    protect: bool | None = None

    @property
    def id(self) -> str:
        return f"{self.rule}:{self.name}"

    @property
    def items(self) -> list[Object]:
        items = in_stack(self.env, list(self.objects.values()))
        return [replace(one, protect=self.protect) if self.protect is not None else one for one in items]


def change(  # noqa: PLR0913, PLR0917 - a row of a table
    rule: str, name: str, where: str, path: str, value: object, message: str | None, env: str = "prod"
) -> Case:
    """One value of one object of the accepted stack is another."""
    objects = world(env)
    objects[where] = spoiled(objects[where], path, value)
    return Case(rule, name, env, message, objects)


def added(rule: str, name: str, extra: Manifest, message: str | None, env: str = "prod") -> Case:
    """One more object stands beside the accepted stack."""
    return Case(rule, name, env, message, world(env) | {"extra": extra})


def no_evidence() -> Evidence:
    """Cases of other rules never get as far as asking."""
    raise EvidenceError("no-evidence", "none was given")


def judge(without: str = "", *, promotion: bool = False) -> Judge:
    """All rules but one, nothing waived; those of promotion, which want signed evidence, only on request."""
    found = [rule for rule in rules() if promotion or not rule.id.startswith("promotion-")]
    chosen = [rule for rule in found if rule.id != without]
    return Judge(chosen, Context(LIMITS, no_evidence), Waivers(), TODAY)


def findings(case: Case, without: str = "") -> list[Finding]:
    """What the rules find in the state of the case's stack."""
    return list(judge(without).everything(case.items, "state"))
