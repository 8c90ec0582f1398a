"""The stacks as they are rendered: valid, closed, nobody else's objects; production above all."""

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from catalogue.clouds import cloud_shape
from catalogue.load import CHECKOUT, load
from catalogue.models.quantity import Resources, amount
from catalogue.prices import load_prices
from catalogue.stacks import stack_content
from delivery.costing.lines import bill
from delivery.costing.pods import pod
from delivery.costing.services import services
from delivery.world.service_settings import service_choice
from tests.kubernetes_schema import check
from tests.rendered import ELSEWHERE, rendered

Manifest = dict[str, Any]
# The spec's rollback commands: Deployment -> namespace
UNDONE = {
    "nextstep-dashboard-prod": "blueocean-nextstep-prod",
    "nextstep-api-prod": "blueocean-nextstep-prod",
    "nextgen-landing-prod": "blueocean-nextgen-prod",
    "nextgen-dashboard-prod": "blueocean-nextgen-prod",
    "nextgen-admin-prod": "blueocean-nextgen-prod",
    "nextgen-api-prod": "blueocean-nextgen-prod",
    "kreach-web-prod": "blueocean-kreach-prod",
    "kreach-api-prod": "blueocean-kreach-prod",
    "kvibe-frontend-prod": "blueocean-kvibe-prod",
    "kvibe-backend-prod": "blueocean-kvibe-prod",
    "nexia-supervisor-prod": "nexia-supervisor-prod",
    "nexia-api-prod": "nexia-supervisor-prod",
    "nexia-voice-prod": "nexia-supervisor-prod",
    "nexia-directus-prod": "nexia-supervisor-prod",
    "nexia-claude-code-prod": "nexia-claude-code-prod",
}


# In each slot, and at night
MOMENTS = [f"2026-11-23T{hour}:30:00+01:00" for hour in ("03", "10", "13", "16", "19")]


@pytest.fixture(scope="module")
def stacks() -> dict[str, list[Manifest]]:
    found = {name: rendered(name) for name in ("prod", "nexia-prod", "dev", "nexia-dev")}
    return found | {"staging": rendered("staging", at=MOMENTS[2])}


@pytest.fixture(scope="module")
def production(stacks: dict[str, list[Manifest]]) -> list[Manifest]:
    return stacks["prod"] + stacks["nexia-prod"]


def of_kind(objects: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


@pytest.mark.parametrize("name", ["prod", "nexia-prod"])  # dev is in test_program
def test_valid_for_kubernetes(stacks: dict[str, list[Manifest]], name: str) -> None:
    for one in stacks[name]:
        check(one)


@pytest.mark.parametrize("moment", MOMENTS)
def test_staging_is_valid_for_kubernetes_at_any_time(moment: str) -> None:
    for one in rendered("staging", at=moment):
        check(one)


@pytest.mark.parametrize("settings", [("postgresAddress",), ("redisAddress",), tuple(ELSEWHERE)])
def test_valid_for_kubernetes_with_servers_elsewhere(
    stacks: dict[str, list[Manifest]], settings: tuple[str, ...]
) -> None:
    changed = [
        one
        for one in rendered("prod", **{name: ELSEWHERE[name] for name in settings})
        if one not in stacks["prod"]
    ]
    assert "ExternalName" in {one["spec"].get("type") for one in changed if one["kind"] == "Service"}
    for one in changed:
        check(one)


def test_every_namespace_is_restricted_and_the_build_room_baseline(
    stacks: dict[str, list[Manifest]],
) -> None:
    levels = {
        name: {
            one["metadata"]["labels"][f"pod-security.kubernetes.io/{mode}"]
            for mode in ("enforce", "audit", "warn")
        }
        for objects in stacks.values()
        for name, one in of_kind(objects, "Namespace").items()
    }
    assert len(levels) == 4 + 1 + 1 + 4 + 2 + 2  # dev, NEXIA's dev, staging, prod, NEXIA's prod, platform's
    assert levels.pop("blueocean-build") == {"baseline"}
    assert set.union(*levels.values()) == {"restricted"}


def test_every_namespace_with_pods_is_made_by_a_stack_or_the_operators(
    stacks: dict[str, list[Manifest]],
) -> None:
    made = {name for objects in stacks.values() for name in of_kind(objects, "Namespace")}
    pods = ("Deployment", "StatefulSet", "Job", "CronJob", "PodTemplate")
    used = {
        one["metadata"]["namespace"] for objects in stacks.values() for one in objects if one["kind"] in pods
    }
    assert used - made == {"platform"}


def test_what_the_rollback_commands_name(production: list[Manifest]) -> None:
    found = {name: one["metadata"]["namespace"] for name, one in of_kind(production, "Deployment").items()}
    assert found == UNDONE


def test_the_autoscaler_alone_counts(production: list[Manifest]) -> None:
    assert not [one for one in of_kind(production, "Deployment").values() if "replicas" in one["spec"]]
    targets = {
        one["spec"]["scaleTargetRef"]["name"]
        for one in of_kind(production, "HorizontalPodAutoscaler").values()
    }
    assert targets == set(UNDONE)


def test_a_single_pod_has_no_budget(production: list[Manifest]) -> None:
    single = {"nexia-voice-prod", "nexia-directus-prod"}
    assert set(of_kind(production, "PodDisruptionBudget")) == set(UNDONE) - single


def test_only_the_agent_must_be_spread(production: list[Manifest]) -> None:
    strict = {
        name
        for name, one in of_kind(production, "Deployment").items()
        for spread in one["spec"]["template"]["spec"].get("topologySpreadConstraints", ())
        if spread["whenUnsatisfiable"] == "DoNotSchedule"
    }
    assert strict == {"nexia-claude-code-prod"}


def test_images_are_named_by_digest(production: list[Manifest]) -> None:
    for name, one in of_kind(production, "Deployment").items():
        (container,) = one["spec"]["template"]["spec"]["containers"]
        assert re.fullmatch(r"[a-z0-9./-]+:[0-9.]+@sha256:[0-9a-f]{64}", container["image"]), name


def test_every_stack_runs_what_lies_in_the_one_registry(stacks: dict[str, list[Manifest]]) -> None:
    """The stack prod makes it (docs/adr/0070); its name is the last part of every image's path."""
    apps = stack_content(CHECKOUT, "blueocean", "prod")
    name = cloud_shape(apps.platform, apps.apps).registry.name
    for objects in stacks.values():
        deployments = of_kind(objects, "Deployment").values()
        assert deployments
        for one in deployments:
            (container,) = one["spec"]["template"]["spec"]["containers"]
            assert container["image"].startswith(f"registry.digitalocean.com/{name}/")


def test_no_two_stacks_claim_one_object(stacks: dict[str, list[Manifest]]) -> None:
    claimed = Counter(
        (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
        for objects in stacks.values()
        for one in objects
    )
    assert [key for key, times in claimed.items() if times > 1] == []


def test_what_is_made_is_what_is_billed(stacks: dict[str, list[Manifest]]) -> None:
    """Every volume, and every pod of a shared server; `blueocean cost` sees neither, only the catalogue."""
    claims = [one for objects in stacks.values() for one in objects if one["kind"] == "PersistentVolumeClaim"]
    sizes = [amount(one["spec"]["resources"]["requests"]["storage"]) for one in claims]
    made = sum(sizes, Decimal(0)) / 2**30
    assert made == 20 + 50 + 50 + 50 + 10 + 50 + 5  # kreach's two, nextgen's dumps, the four servers
    prices, choice = load_prices(), service_choice()
    found = bill(load(), prices, choice)
    shared = services(load().platform, prices, choice)
    volumes = [one.rest for one in shared if one.pods]
    volumes += [one.least - one.pods for one in found.lines if one.environment == "prod"]
    assert sum(volumes) == made * prices.volume_gib.usd
    servers = [one for objects in stacks.values() for one in of_kind(objects, "StatefulSet").values()]
    asked = [
        Resources.model_validate(container["resources"])
        for one in servers
        for container in one["spec"]["template"]["spec"]["containers"]
    ]
    assert sum(one.pods for one in shared) == sum(pod(prices.node, one) for one in asked)
