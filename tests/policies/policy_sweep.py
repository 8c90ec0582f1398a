"""All cases at once: in one state for the engine, in one cluster for the audit, each told apart."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from policies.judge import Finding, Judge
from policies.objects import Object
from policies.rule import Place
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import Manifest

MARK = "tests/case"
"""The label by which an object in a cluster is known as a case's."""


def numbered(case: Case, number: int) -> list[Object]:
    """The case's stack as part of a larger state: its number stands in the name of every URN."""
    return [replace(one, urn=f"{one.urn}#{number}") for one in case.items]


def number_of(urn: str) -> int:
    """The number of the case that a URN belongs to."""
    return int(urn.rpartition("#")[2])


@dataclass(frozen=True)
class Sweep:
    """A judge of many stacks in one: each case is judged alone, with all rules or without its own.

    It takes the place of `policies.judge.Judge` in the pack; everything else there is the pack's own.
    """

    cases: Sequence[Case]
    without_own: bool

    def one(self, item: Object, place: Place) -> Iterator[Finding]:
        yield from self._judge(number_of(item.urn)).one(item, place)

    def all(self, items: Sequence[Object], place: Place) -> Iterator[Finding]:
        told = [(number_of(item.urn), item) for item in items if "#" in item.urn]
        for number, group in groupby(sorted(told, key=lambda one: one[0]), key=lambda one: one[0]):
            yield from self._judge(number).all([item for _, item in group], place)

    def _judge(self, number: int) -> Judge:
        return judge(without=self.cases[number].rule if self.without_own else "")


def relocated(case: Case, number: int) -> list[Manifest]:
    """The case's objects in namespaces of their own, marked; shared staging and the platform stay."""
    text = json.dumps(list(case.objects.values())).replace("blueocean-nextgen-", f"blueocean-c{number}-")
    made: list[Manifest] = json.loads(text)
    for one in made:
        one["metadata"].setdefault("labels", {})[MARK] = f"c{number}"
        if one["metadata"].get("namespace") == "blueocean-staging-shared":
            one["metadata"]["name"] += f"-c{number}"
    return made


def only_it_catches(case: Case) -> bool:
    """Whether no other rule refuses the case."""
    return {one.rule.id for one in findings(case)} == {case.rule}
