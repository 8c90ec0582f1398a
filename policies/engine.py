"""The rules as policies of Pulumi's engine.

Two policies a level instead of one a rule: the SDK unpacks every resource once for each policy, and
the level depends on the stack, which only the URN tells. Resources are collected as their inputs
when they pass by, because at the end the engine hands over outputs, in which a server has filled in
defaults of its own. A waived violation stays visible, as advice.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies.judge import Finding, Judge
from policies.levels import Levels
from policies.objects import Object, stack_of
from policies.remedies import remedy
from policies.resources import objects_of

Enforced = Literal["advisory", "mandatory"]
ENFORCED: tuple[Enforced, ...] = ("mandatory", "advisory")


class Pack:
    """The policies, and what they have seen of the stack so far."""

    def __init__(self, judge: Judge, levels: Levels) -> None:
        self._judge, self._levels = judge, levels
        self._seen: dict[str, tuple[Object, ...]] = {}

    def policies(self) -> list[Policy]:
        """What `PolicyPack` takes."""
        found = [policy for level in ENFORCED for policy in (self._resources(level), self._stack(level))]
        return [self._remedies(), *found]

    def _remedies(self) -> Policy:
        def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
            if self._levels.of(stack_of(args.urn)) != "advisory":
                return None
            items = objects_of(args.resource_type, args.props, args.urn, protect=args.opts.protect)
            try:
                return args.props if [done for item in items for done in remedy(item)] else None
            except Exception:  # noqa: BLE001 - what cannot be mended is left to the rules, which refuse it
                return None

        return ResourceValidationPolicy(
            name="safe-defaults",
            description="Safe values where an object says nothing; only where violations are advice",
            remediate=remediate,  # type: ignore[arg-type]  # the SDK takes plain mappings, its type forgets them
            enforcement_level=EnforcementLevel.REMEDIATE,
        )

    def _resources(self, level: Enforced) -> Policy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            _report(level, self._levels, args.urn, report, lambda: self._of_resource(args))

        return ResourceValidationPolicy(
            name=f"rules-{level}",
            description=f"BlueOcean's rules for single objects, {level}",
            validate=validate,
            enforcement_level=EnforcementLevel(level),
        )

    def _stack(self, level: Enforced) -> Policy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            urn = args.resources[0].urn if args.resources else ""
            _report(level, self._levels, urn, report, lambda: self._of_stack(args))

        return StackValidationPolicy(
            name=f"stack-rules-{level}",
            description=f"BlueOcean's rules for objects among each other, {level}",
            validate=validate,
            enforcement_level=EnforcementLevel(level),
        )

    def _of_resource(self, args: ResourceValidationArgs) -> Iterable[Finding]:
        items = tuple(objects_of(args.resource_type, args.props, args.urn, protect=args.opts.protect))
        self._seen[args.urn] = items
        return [finding for item in items for finding in self._judge.one(item, "preview")]

    def _of_stack(self, args: StackValidationArgs) -> Iterable[Finding]:
        items: list[Object] = []
        for one in args.resources:
            rendered = objects_of(one.resource_type, one.props, one.urn, protect=one.opts.protect)
            items += self._seen.get(one.urn) or rendered
        return self._judge.all(items, "preview")


def _report(
    level: Enforced,
    levels: Levels,
    urn: str,
    report: ReportViolation,
    findings: Callable[[], Iterable[Finding]],
) -> None:
    """Reports what belongs to the level; whatever goes wrong on the way is itself a violation."""
    own = levels.of(stack_of(urn))
    if own == "disabled":
        return
    try:
        for finding in findings():
            due: Enforced = "advisory" if finding.waiver else own
            if due == level:
                report(finding.text, finding.item.urn or urn)
    except Exception as error:  # noqa: BLE001 - an object that cannot be judged must not pass
        if own == level:
            report(f"the rules could not judge {urn}: {type(error).__name__}", urn)
