"""The four apps' files against the spec, written down by hand."""

from datetime import time
from decimal import Decimal

import pytest

from catalogue.load import load
from catalogue.models.app import App
from catalogue.models.quantity import Compute, Resources

NAMES = ["nextstep", "nextgen", "kreach", "kvibe"]


@pytest.fixture(scope="module")
def apps() -> dict[str, App]:
    return {app.name: app for app in load().apps}


def test_there_are_four_and_all_are_critical(apps: dict[str, App]) -> None:
    assert sorted(apps) == sorted(NAMES)
    assert {app.tier for app in apps.values()} == {"critical"}  # kvibe by D-1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nextstep", (3, 10, 70, "normal")),
        ("nextgen", (5, 15, 60, "conservative")),
        ("kreach", (3, 8, 70, "normal")),
        ("kvibe", (2, 10, 75, "normal")),
    ],
)
def test_autoscaling(apps: dict[str, App], name: str, expected: tuple[int, int, int, str]) -> None:
    scaling = apps[name].autoscaling
    assert scaling is not None
    assert (scaling.min, scaling.max, scaling.cpu, scaling.pace) == expected


@pytest.mark.parametrize(
    ("name", "requests", "limits"),
    [
        ("nextstep", ("512Mi", "500m"), ("1Gi", "1000m")),
        ("nextgen", ("1Gi", "750m"), ("2Gi", "1500m")),
        ("kreach", ("750Mi", "600m"), ("1.5Gi", "1200m")),
        ("kvibe", ("512Mi", "400m"), ("1Gi", "800m")),
    ],
)
def test_resources(
    apps: dict[str, App], name: str, requests: tuple[str, str], limits: tuple[str, str]
) -> None:
    assert apps[name].resources == Resources(
        requests=Compute(memory=requests[0], cpu=requests[1]), limits=Compute(memory=limits[0], cpu=limits[1])
    )


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [("nextstep", 9, 12), ("nextgen", 12, 15), ("kreach", 15, 18), ("kvibe", 18, 21)],
)
def test_slots(apps: dict[str, App], name: str, start: int, end: int) -> None:
    slot = apps[name].slot
    assert slot is not None
    assert (slot.start, slot.end) == (time(start), time(end))


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("nextstep", "DEPLOY NEXTSTEP PROD"),
        ("nextgen", "DEPLOY NEXTGEN PROD - \u20ac2.3M ARR CONFIRM\u00c9"),
        ("kreach", "DEPLOY KREACH PROD"),
        ("kvibe", "DEPLOY KVIBE PROD"),
    ],
)
def test_phrases_code_point_by_code_point(apps: dict[str, App], name: str, phrase: str) -> None:
    written = apps[name].phrase
    assert written is not None
    assert [hex(ord(one)) for one in written] == [hex(ord(one)) for one in phrase]


def test_two_different_people_confirm_nextgen(apps: dict[str, App]) -> None:
    assert {name: app.approvers for name, app in apps.items()} == {
        "nextstep": 1,
        "nextgen": 2,  # D-10
        "kreach": 1,
        "kvibe": 1,
    }


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        ("nextstep", {"nextstep-dashboard": 7001, "nextstep-api": 7020}),
        (
            "nextgen",
            {"nextgen-landing": 7000, "nextgen-dashboard": 7003, "nextgen-admin": 7002, "nextgen-api": 7004},
        ),
        ("kreach", {"kreach-web": 5003, "kreach-api": 8001}),
        ("kvibe", {"kvibe-frontend": 7005, "kvibe-backend": 7006}),
    ],
)
def test_images_and_dev_ports(apps: dict[str, App], name: str, ports: dict[str, int]) -> None:
    assert {one.image: one.dev_port for one in apps[name].components.values()} == ports


@pytest.mark.parametrize(
    ("name", "deployments"),
    [
        ("nextstep", ["nextstep-dashboard-prod", "nextstep-api-prod"]),
        (
            "nextgen",
            ["nextgen-landing-prod", "nextgen-dashboard-prod", "nextgen-admin-prod", "nextgen-api-prod"],
        ),
        ("kreach", ["kreach-web-prod", "kreach-api-prod"]),
        ("kvibe", ["kvibe-frontend-prod", "kvibe-backend-prod"]),
    ],
)
def test_what_is_rolled_back(apps: dict[str, App], name: str, deployments: list[str]) -> None:
    assert list(apps[name].rollback.deployments) == deployments


def test_nextgen_is_where_the_revenue_is(apps: dict[str, App]) -> None:
    assert [name for name, app in apps.items() if app.rollback.on_revenue_impact] == ["nextgen"]
    assert {name: app.rollback.notify for name, app in apps.items() if app.rollback.notify} == {
        "nextgen": ("business",)
    }
    assert {name: app.sla for name, app in apps.items() if app.sla} == {"nextgen": Decimal("99.9")}
    assert {name for name, app in apps.items() if app.data.backup} == {"nextgen"}


def test_kreach_keeps_models_and_pipeline_data(apps: dict[str, App]) -> None:
    kept = {
        (name, component, volume)
        for name, app in apps.items()
        for component, one in app.components.items()
        for volume in one.volumes
    }
    assert kept == {("kreach", "api", "models"), ("kreach", "api", "pipeline")}


@pytest.mark.parametrize("name", NAMES)
def test_every_app_has_a_page_and_an_api_and_uses_both_services(apps: dict[str, App], name: str) -> None:
    components = apps[name].components.values()
    paths = [one.path for one in components]
    assert "/" in paths
    assert "/api" in paths
    assert {one.health for one in components} == {"/api/health"}
    assert {one.uses for one in components} == {("database", "cache")}
    assert apps[name].data.databases == (name,)
    assert apps[name].data.key_prefix == name
    assert not apps[name].data.scripting


@pytest.mark.parametrize(
    ("name", "alerts"),
    [
        (
            "nextstep",
            {
                "orchestration-failures": ("event", None, None, ("development",)),
                "safety-rail-violations": ("event", None, None, ("security",)),
                "claude-api-failures": ("event", None, None, ("degraded-service",)),
            },
        ),
        (
            "nextgen",
            {
                "revenue-api-down": ("down", None, 60, ("immediate",)),
                "domain-resolution-failures": ("event", None, None, ("p0",)),
                "payment-errors": ("event", None, None, ("management",)),
                "performance-down": ("performance-down", 10, None, ("autoscaling",)),
            },
        ),
        (
            "kreach",
            {
                "data-pipeline-failures": ("event", None, None, ("data-team",)),
                "ml-degradation": ("event", None, None, ("ai-team",)),
                "stale-market-data": ("event", None, None, ("business",)),
            },
        ),
        ("kvibe", {}),
    ],
)
def test_alerts(apps: dict[str, App], name: str, alerts: dict[str, object]) -> None:
    assert {key: (a.signal, a.above, a.lasting, a.then) for key, a in apps[name].alerts.items()} == alerts
