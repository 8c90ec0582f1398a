"""The production stacks as they are rendered: valid, closed, and nobody else's objects. Without a cluster."""

import re
from collections import Counter
from typing import Any

import kubernetes_validate
import pytest

from delivery.world.rendering import render
from delivery.world.stack_lookup import find_stack

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


@pytest.fixture(scope="module")
def stacks() -> dict[str, list[Manifest]]:
    found = {name: render(find_stack(name)) for name in ("prod", "nexia-prod", "dev", "nexia-dev")}
    return found | {"staging": render(find_stack("staging"), {"at": "2026-11-23T13:00:00+01:00"})}


@pytest.fixture(scope="module")
def production(stacks: dict[str, list[Manifest]]) -> list[Manifest]:
    return stacks["prod"] + stacks["nexia-prod"]


def of_kind(objects: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def test_valid_for_kubernetes(production: list[Manifest]) -> None:
    for one in production:
        kubernetes_validate.validate(one, "1.36", strict=True)


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


def test_app_namespaces_are_restricted(production: list[Manifest]) -> None:
    levels = {
        name: one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, one in of_kind(production, "Namespace").items()
    }
    assert {levels[space] for space in UNDONE.values()} == {"restricted"}


def test_no_two_stacks_claim_one_object(stacks: dict[str, list[Manifest]]) -> None:
    claimed = Counter(
        (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
        for objects in stacks.values()
        for one in objects
    )
    assert [key for key, times in claimed.items() if times > 1] == []
