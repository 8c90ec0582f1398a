"""The platform's file against the spec, written down by hand."""

import pytest

from catalogue.load import load
from catalogue.models.platform import Platform
from catalogue.models.quantity import Compute, Resources


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load().platform


def test_names(platform: Platform) -> None:
    assert platform.registry == "registry.digitalocean.com/blueocean"
    assert platform.timezone == "Europe/Paris"
    assert platform.domain_suffix == ""
    assert platform.build.namespace == "blueocean-build"


def test_services(platform: Platform) -> None:
    services = platform.services
    assert (services.postgres.host, services.postgres.port) == (
        "postgres-central.platform.svc.cluster.local",
        5432,
    )
    assert (services.redis.host, services.redis.port) == (
        "platform-pool-redis-master.platform.svc.cluster.local",
        6379,
    )
    assert services.grafana.host == "grafana.monitoring.svc.cluster.local"
    assert (services.prometheus.host, services.prometheus.port) == (
        "prometheus.monitoring.svc.cluster.local",
        9090,
    )


def test_dashboards(platform: Platform) -> None:
    assert set(platform.dashboards) == {"business-specific", "technical"}


def test_dev_is_one_small_pod_a_component(platform: Platform) -> None:
    dev = platform.environments.dev
    assert dev.replicas == 1
    assert dev.resources == Resources(
        requests=Compute(memory="128Mi", cpu="100m"), limits=Compute(memory="256Mi", cpu="200m")
    )


def test_staging_is_two_to_four_pods_for_all(platform: Platform) -> None:
    staging = platform.environments.staging
    assert (staging.min_pods, staging.max_pods) == (2, 4)
    assert staging.namespace == "blueocean-staging-shared"
    assert staging.entry == "staging-shared.blueocean"
    assert staging.total == Resources(
        requests=Compute(memory="1Gi", cpu="800m"), limits=Compute(memory="2Gi", cpu="1600m")
    )


def test_one_ladder_of_thresholds(platform: Platform) -> None:
    assert platform.ladder.steps() == {"autoscale": 10, "business_alert": 15, "abort": 20, "rollback": 30}


def test_rollback_in_service(platform: Platform) -> None:
    assert platform.rollback.health_failing == 120
    assert (platform.rollback.error_rate.above, platform.rollback.error_rate.lasting) == (10, 300)


def test_alerts_of_all_apps(platform: Platform) -> None:
    assert {name: (a.signal, a.above, a.lasting, a.then) for name, a in platform.alerts.items()} == {
        "service-down": ("down", None, 180, ("high",)),
        "error-rate": ("error-rate", 3, None, ("development",)),
        "resource-exhaustion": ("event", None, None, ("infrastructure", "autoscaling")),
        "staging-slot-conflict": ("event", None, None, ("coordination",)),
        "performance-down": ("performance-down", 15, None, ("business-impact",)),
        "shared-staging-trouble": ("event", None, None, ("multi-app-assessment",)),
    }


def test_eight_phases(platform: Platform) -> None:
    assert [phase.name for phase in platform.testing.phases] == [
        "infrastructure",
        "pods",
        "application",
        "apis",
        "ui",
        "integration",
        "performance",
        "security-and-business",
    ]
    assert platform.testing.page_load == 3
    assert len(platform.testing.simplified) == 4
    assert len(platform.testing.auto_deploy) == 3


def test_triggers(platform: Platform) -> None:
    assert {one.paths: one.starts for one in platform.triggers} == {
        "apps/{app}/**": "app-pipeline",
        "packages/shared-config/**": "dependent-apps",
        "infrastructure/**": "shared-infrastructure",
        ".github/workflows/**": "ci-configuration",
    }
