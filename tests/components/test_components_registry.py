"""The account's contents from shapes made by hand: figures, protection, and where the credential goes."""

import subprocess
import sys

import pytest

from catalogue.load import CHECKOUT
from catalogue.models.cloud import CloudCluster, CloudDatabase
from catalogue.models.shape import CloudShape, ManagedDataShape, RegistryShape
from components.cloud import Cloud
from tests.components.component_recording import Registered, only, record

REGISTRY = RegistryShape(name="ocean", tier="professional", region="ams3", write_seconds=7777)
CLUSTER = CloudCluster(
    name="reef", region="ams3", version="1.36.3-do.0", size="s-4vcpu-8gb", min_nodes=3, max_nodes=5
)
DATA = ManagedDataShape(
    region="ams3",
    sources=("192.0.2.0/24",),
    postgres=CloudDatabase(name="pearl", version="18", size="db-s-2vcpu-4gb", nodes=2),
    valkey=CloudDatabase(name="shell", version="8", size="db-s-1vcpu-1gb", nodes=1),
    databases=("shop_production", "till_production"),
)


@pytest.fixture(scope="module")
def least() -> list[Registered]:
    return record(lambda: Cloud(CloudShape(registry=REGISTRY, cluster=None, data=None)))


@pytest.fixture(scope="module")
def most() -> list[Registered]:
    return record(lambda: Cloud(CloudShape(registry=REGISTRY, cluster=CLUSTER, data=DATA)))


def bought(found: list[Registered]) -> list[str]:
    return sorted(one.type.rpartition(":")[2] for one in found if one.type.startswith("digitalocean:"))


def test_the_registry_is_protected_and_its_credential_writes_and_expires(least: list[Registered]) -> None:
    assert bought(least) == ["ContainerRegistry", "ContainerRegistryDockerCredentials"]
    registry, credential = (
        only(least, "ContainerRegistry"),
        only(least, "ContainerRegistryDockerCredentials"),
    )
    assert registry.inputs == {"name": "ocean", "region": "ams3", "subscriptionTierSlug": "professional"}
    assert registry.kept
    assert credential.inputs == {"expirySeconds": 7777, "registryName": "ocean", "write": True}


def test_nothing_else_is_bought_unless_the_catalogue_says_so(most: list[Registered]) -> None:
    assert bought(most) == [
        "ContainerRegistry",
        "ContainerRegistryDockerCredentials",
        "DatabaseCluster",
        "DatabaseCluster",
        "DatabaseDb",
        "DatabaseDb",
        "DatabaseFirewall",
        "DatabaseFirewall",
        "KubernetesCluster",
    ]


def test_the_cluster_pulls_by_its_integration_and_waits_for_the_registry(most: list[Registered]) -> None:
    cluster = only(most, "KubernetesCluster")
    assert cluster.kept
    assert cluster.inputs == {
        "name": "reef",
        "region": "ams3",
        "version": "1.36.3-do.0",
        "ha": True,
        "autoUpgrade": False,
        "registryIntegration": True,
        "nodePool": {
            "name": "workers",
            "size": "s-4vcpu-8gb",
            "autoScale": True,
            "minNodes": 3,
            "maxNodes": 5,
        },
    }
    assert "ocean" in cluster.after


def test_databases_are_kept_and_open_to_the_trusted_sources_only(most: list[Registered]) -> None:
    servers = {one.name: one for one in most if one.type.endswith(":DatabaseCluster")}
    assert servers["pearl"].inputs == {
        "name": "pearl",
        "engine": "pg",
        "version": "18",
        "size": "db-s-2vcpu-4gb",
        "nodeCount": 2,
        "region": "ams3",
    }
    assert servers["shell"].inputs["engine"] == "valkey"
    databases = {one.name: one for one in most if one.type.endswith(":DatabaseDb")}
    assert set(databases) == {"shop_production", "till_production"}
    assert all(one.kept for one in (*servers.values(), *databases.values()))
    rules = [one.inputs["rules"] for one in most if one.type.endswith(":DatabaseFirewall")]
    assert rules == 2 * [[{"type": "ip_addr", "value": "192.0.2.0/24"}, {"type": "k8s", "value": "reef"}]]


def test_dev_never_pays_for_the_import() -> None:
    code = (
        "import sys; from delivery.world.rendering import render; "
        "from delivery.world.stack_lookup import find_stack; "
        "assert render(find_stack('dev')); assert render(find_stack('nexia-dev')); "
        "sys.exit('pulumi_digitalocean' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, timeout=60, check=False)
    assert ran.returncode == 0
