"""Rules over objects: findings. Pure; a rule that cannot judge is a finding, never a pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from policies.objects import Object
from policies.rule import Context, Place, Rule
from policies.waivers import Waiver, Waivers


@dataclass(frozen=True)
class Finding:
    """One violation: which rule, by which object, and in which words."""

    rule: Rule
    item: Object
    message: str
    waiver: Waiver | None = None

    @property
    def text(self) -> str:
        """The violation as one line, with its cure."""
        line = f"[{self.rule.id}] ({self.rule.meta.severity}) {self.item.address}: {self.message}."
        if self.waiver:
            return f"{line} Waived until {self.waiver.expires} by {self.waiver.owner} ({self.waiver.ticket})."
        return f"{line} {self.rule.meta.remediation}"


@dataclass(frozen=True)
class Judge:
    """The rules with all that they may know; `today` is the date on which waivers are looked at."""

    rules: Sequence[Rule]
    context: Context
    waivers: Waivers
    today: date

    def one(self, item: Object, place: Place) -> Iterator[Finding]:
        """What the rules for single objects find."""
        for rule in self.rules:
            check = rule.check
            if check is None or place not in rule.meta.places:
                continue
            yield from self._ask(rule, item, _single(check, rule, item, self.context))

    def all(self, items: Sequence[Object], place: Place) -> Iterator[Finding]:
        """What the rules for objects among each other find, the same in whichever order they come."""
        items = sorted(items, key=_order)
        for rule in self.rules:
            check = rule.check_stack
            if check is None or place not in rule.meta.places:
                continue
            claimed, unclear = _claimed(rule, items)
            for item in unclear:
                yield self._finding(rule, item, "the rule cannot tell whether it claims it")
            if claimed:
                yield from self._ask(rule, claimed[0], _several(check, claimed, self.context))

    def everything(self, items: Sequence[Object], place: Place) -> Iterator[Finding]:
        """What all rules find."""
        for item in items:
            yield from self.one(item, place)
        yield from self.all(items, place)

    def _ask(
        self, rule: Rule, subject: Object, run: Callable[[], Iterable[tuple[Object, str]]]
    ) -> Iterator[Finding]:
        try:
            for item, message in run():
                yield self._finding(rule, item, message)
        except Exception as error:  # noqa: BLE001 - whatever a rule trips over, the object was not judged
            yield self._finding(rule, subject, f"the rule could not judge it, {_reason(error)}")

    def _finding(self, rule: Rule, item: Object, message: str) -> Finding:
        return Finding(rule, item, message, self.waivers.find(rule, item, self.today))


def _single(
    check: Callable[[Object, Context], Iterable[str]], rule: Rule, item: Object, context: Context
) -> Callable[[], Iterable[tuple[Object, str]]]:
    def run() -> Iterator[tuple[Object, str]]:
        if rule.claims(item):
            for message in check(item, context):
                yield item, message

    return run


def _several(
    check: Callable[[Sequence[Object], Context], Iterable[tuple[Object, str]]],
    items: Sequence[Object],
    context: Context,
) -> Callable[[], Iterable[tuple[Object, str]]]:
    return lambda: check(items, context)


def _claimed(rule: Rule, items: Sequence[Object]) -> tuple[list[Object], list[Object]]:
    claimed: list[Object] = []
    unclear: list[Object] = []
    for item in items:
        try:
            if rule.claims(item):
                claimed.append(item)
        except Exception:  # noqa: BLE001 - an unreadable object must not drop out of a comparison
            unclear.append(item)
    return claimed, unclear


def _order(item: Object) -> tuple[str, str]:
    """By address, so that state, cluster and preview blame the same one of two that claim one thing."""
    try:
        return item.address, item.urn
    except Exception:  # noqa: BLE001 - one of an unknown name is judged after all others
        return "\U0010ffff", item.urn


def _reason(error: Exception) -> str:
    """Why, without the error's own words: they may repeat a value. The SDK's unknown value names a path."""
    path = getattr(error, "props", None)
    return f"an unknown value at .{'.'.join(path)}" if path else f"{type(error).__name__}"
