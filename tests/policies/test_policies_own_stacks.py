"""Our own stacks, as their programs render them, break no rule."""

from pathlib import Path

import pytest

from delivery.world.stack_lookup import find_stack
from policies.objects import Object
from policies.rule import EVERYWHERE
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import Manifest, token_of, urn
from tests.rendered import ELSEWHERE, rendered

CHECKOUT = Path(__file__).parents[2]
STACKS = sorted(
    f"{'' if path.parent == CHECKOUT else path.parent.name + '-'}{path.name.split('.')[1]}"
    for path in (*CHECKOUT.glob("Pulumi.*.yaml"), *CHECKOUT.glob("*/Pulumi.*.yaml"))
)


def test_there_are_stacks_to_judge() -> None:
    assert {"dev", "nexia-dev"} <= set(STACKS)


def test_servers_elsewhere_break_no_rule() -> None:
    check("prod", rendered("prod", **ELSEWHERE))


@pytest.mark.parametrize("name", STACKS)
def test_our_own_stack_breaks_no_rule(name: str) -> None:
    check(name, rendered(name))


@pytest.mark.parametrize(
    ("at", "apps"),
    [
        ("2026-11-23T09:00+01:00", {"nextstep"}),
        ("2026-11-23T12:00+01:00", {"nextgen"}),
        ("2026-11-23T15:00+01:00", {"kreach"}),
        ("2026-11-23T18:00+01:00", {"kvibe"}),
        ("2026-11-23T03:00+01:00", set()),
    ],
)
def test_staging_breaks_no_rule_in_any_slot(at: str, apps: set[str]) -> None:
    manifests = rendered("staging", at=at)
    routed = {
        one["metadata"]["labels"]["app.kubernetes.io/part-of"]
        for one in manifests
        if one["kind"] == "Ingress"
    }
    assert routed == apps
    check("staging", manifests)


def check(name: str, manifests: list[Manifest]) -> None:
    ref = find_stack(name)
    # What a render cannot show, protection, is judged where the program runs.
    items = [
        Object(one, urn(ref.stack, one, ref.project), one["kind"] == "PersistentVolumeClaim", token_of(one))
        for one in manifests
    ]
    assert items  # few at night in staging, when nobody owns the slot
    for place in EVERYWHERE:
        assert [one.text for one in judge().everything(items, place)] == []
