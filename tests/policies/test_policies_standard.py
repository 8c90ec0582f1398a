"""The 110 cases that the Pod Security Standards themselves must refuse, wrapped as every kind of workload."""

from pathlib import Path

import pytest

from policies.objects import Object
from tests.policies.policy_objects import Manifest, token_of, urn
from tests.policies.policy_upstream import must_fail, pods
from tests.policies.test_policies_engine import Analyzer
from tests.policies.test_policies_pod_security import KINDS, refusing, wrapped

pytestmark = pytest.mark.sandbox  # the cases come with the toolchain's modules
WINDOWS = {"restricted/base_windows"}
"""Accepted by the standard for what a Linux node does not have (docs/adr/0033)."""

USERS = {"baseline/procmount1"}
"""Accepted by the standard for pods in user namespaces, which the platform has none of (the same record)."""


def wrap(kind: str, pod: Manifest) -> Manifest:
    return dict(wrapped(kind, pod["spec"], pod["metadata"].get("annotations")).manifest)


def test_there_are_110_of_them() -> None:
    assert (len(pods("baseline", "fail")), len(pods("restricted", "fail"))) == (34, 76)
    assert len(must_fail()) == 110


@pytest.mark.parametrize("kind", KINDS)
def test_each_of_them_is_refused_in_each_kind(kind: str) -> None:
    assert [name for name, pod in must_fail().items() if not refusing(Object(wrap(kind, pod)))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_standard_accepts_is_accepted(kind: str) -> None:
    refused = [name for name, pod in pods("restricted", "pass").items() if refusing(Object(wrap(kind, pod)))]
    assert set(refused) == WINDOWS


def test_the_build_room_is_held_to_the_baseline_of_the_standard() -> None:
    def there(pod: Manifest) -> set[str]:
        job = wrap("Job", pod)
        job["metadata"]["namespace"] = "blueocean-build"
        return refusing(Object(job))

    assert [name for name, pod in pods("baseline", "fail").items() if not there(pod)] == []
    assert {name for name, pod in pods("baseline", "pass").items() if there(pod)} == USERS


def test_the_engine_refuses_all_of_them_in_one_state(tools: dict[str, str], tmp_path: Path) -> None:
    items = []
    for kind in KINDS:
        for name, pod in must_fail().items():
            made = wrap(kind, pod)
            made["metadata"]["name"] = name.replace("/", "-").replace("_", "-")
            items.append(Object(made, urn("prod", made), False, token_of(made)))  # noqa: FBT003 - unprotected
    said = Analyzer(tools, tmp_path).by_urn("prod", items)
    let_in = [
        one.urn for one in items if not any(rule.startswith("pods-") for rule, _ in said.get(one.urn, ()))
    ]
    assert let_in == []
    assert len(items) == 990
