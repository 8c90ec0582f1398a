"""Which violation stops which stack; figures and names of the draft by hand."""

from pathlib import Path

import pytest

from policies.levels import Levels, load_levels
from policies.limits import load_limits


def test_dev_is_told_staging_and_prod_are_stopped() -> None:
    levels = load_levels()
    assert (levels.of("dev"), levels.of("staging"), levels.of("prod")) == (
        "advisory",
        "mandatory",
        "mandatory",
    )
    assert list(levels.weakened()) == []


def test_a_stack_that_nobody_named_is_stopped() -> None:
    assert load_levels().of("prod2") == "mandatory"
    assert load_levels().of("") == "mandatory"


def test_weaker_levels_are_told() -> None:
    assert list(Levels(dev="disabled", staging="advisory", prod="disabled").weakened()) == [
        "policies/levels.yaml: staging is advisory, mandatory is due",
        "policies/levels.yaml: prod is disabled, mandatory is due",
        "policies/levels.yaml: dev is disabled, advisory is the least",
    ]


def test_an_unknown_level_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "levels.yaml"
    file.write_text("{dev: advisory, staging: mandatory, prod: optional}")
    with pytest.raises(ValueError, match="optional"):
        load_levels(file)


@pytest.mark.parametrize(
    ("namespace", "tier"),
    [
        ("blueocean-nextgen-prod", "apps"),
        ("blueocean-staging-shared", "apps"),
        ("nexia-supervisor-dev", "nexia"),
        ("nexia-claude-code-prod", "nexia"),
        ("blueocean-build", "build"),
        ("platform", "shared"),
        ("monitoring", "shared"),
    ],
)
def test_every_namespace_of_the_draft_has_a_tier(namespace: str, tier: str) -> None:
    limits = load_limits()
    assert limits.tier(namespace) == limits.tiers[tier]


@pytest.mark.parametrize(
    "namespace", ["default", "kube-system", "", "nexia", "platform2", "xblueocean-a-dev"]
)
def test_a_strangers_namespace_has_none(namespace: str) -> None:
    assert load_limits().tier(namespace) is None


def test_the_totals_of_staging_are_the_drafts() -> None:
    staging = load_limits().staging
    assert staging.pods == 4
    assert staging.total.requests.model_dump() == {"memory": "1Gi", "cpu": "800m"}
    assert staging.total.limits.model_dump() == {"memory": "2Gi", "cpu": "1600m"}
