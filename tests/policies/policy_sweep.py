"""All cases at once: in one state for the engine, in one cluster for the audit, each told apart."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from policies.judge import Finding, Judge
from policies.objects import Object
from policies.rule import Place
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import Manifest, spoiled
from tests.policies.policy_tenants import tenancy

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
    """The case's objects in namespaces of their own, storable, marked; shared staging and the platform stay.

    What is right in the platform's room is left out: there all cases would have the same names.
    """
    right = list(tenancy(case.env).values())
    objects = [one for one in case.objects.values() if one not in right]
    text = json.dumps(objects).replace("blueocean-nextgen-", f"blueocean-c{number}-")
    made: list[Manifest] = json.loads(text)
    made = [storable(case.rule, one) for one in made]
    for one in made:
        one["metadata"].setdefault("labels", {})[MARK] = f"c{number}"
        if one["metadata"].get("namespace") == "blueocean-staging-shared":
            one["metadata"]["name"] += f"-c{number}"
    return made


def served(manifest: Manifest) -> bool:
    """Whether an API server without extensions knows the kind."""
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    return group in CORE_GROUPS


CORE_GROUPS = ("", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io")


NEVER_STORED = {"resources-limits-cover-requests"}
"""The API server refuses every fault of these before it stores the object."""
ON, OFF = True, False
# Settings that the API takes only beside another one: where, what, and which rule refuses that as well.
NEEDS: dict[str, tuple[str, bool, str]] = {
    "pods-no-windows-host-process": ("spec/template/spec/hostNetwork", ON, "pods-no-host-namespaces"),
    "pods-not-privileged": (
        "spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation",
        ON,
        "pods-no-privilege-escalation",
    ),
    "pods-proc-mount-default": ("spec/template/spec/hostUsers", OFF, ""),
}


def storable(rule: str, subject: Manifest) -> Manifest:
    """An object of a rule's case as the API takes it."""
    if subject["kind"] != "Deployment" or rule not in NEEDS:
        return subject
    path, value, _ = NEEDS[rule]
    return spoiled(subject, path, value)


def refusing(rule: str) -> set[str]:
    """The rules that refuse the object of a rule's case once it is storable."""
    return {rule, *filter(None, [NEEDS[rule][2]])} if rule in NEEDS else {rule}


def mutants(cases: Sequence[Case]) -> dict[str, Case]:
    """For each rule the first fault that only it catches and that an API server could hold."""
    found: dict[str, Case] = {}
    for case in cases:
        fits = case.message is not None and all(map(served, case.objects.values()))
        if fits and case.rule not in found and only_it_catches(case):
            found[case.rule] = case
    return found


def only_it_catches(case: Case) -> bool:
    """Whether no other rule refuses the case."""
    return {one.rule.id for one in findings(case)} == {case.rule}
