"""A namespace, a scratch project and a plugin process for each test that asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.plugins.kubernetes.client import Client
from sandbox.plugins.kubernetes.kubeconfig import load_kubeconfig
from tests.conftest import RunningSandbox
from tests.plugins.harness import Live, Plugin, Project, namespace


@pytest.fixture(scope="session")
def kube(control_plane: RunningSandbox) -> Iterator[Client]:
    client = Client(load_kubeconfig(str(control_plane.kubeconfig)))
    yield client
    client.close()


@pytest.fixture
def live(kube: Client) -> Iterator[Live]:
    """A namespace of the test's own, as somebody else sees it."""
    with namespace(kube) as space:
        yield Live(kube, space)


@pytest.fixture
def project(control_plane: RunningSandbox, live: Live, tmp_path: Path) -> Project:
    return Project(tmp_path / "project", control_plane.env, live)


@pytest.fixture(scope="session")
def plugin(control_plane: RunningSandbox) -> Iterator[Plugin]:
    """The Kubernetes plugin with the mutable options on; shared, for it keeps nothing between calls."""
    config = {"enableConfigMapMutable": "true", "enableSecretMutable": "true"}
    running = Plugin("kubernetes", control_plane.env, config)
    yield running
    running.close()
