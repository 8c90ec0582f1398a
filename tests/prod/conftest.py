"""Each project's production stack, once a worker; brought up again after a test that took something away."""

import pytest

from tests.conftest import RunningSandbox
from tests.e2e.harness import until
from tests.prod.prod_stack import Stack, autoscaled


@pytest.fixture(scope="session")
def apps_stack(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return Stack(tmp_path_factory.mktemp("prod"), sandbox, "")


@pytest.fixture(scope="session")
def nexia_stack(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return Stack(tmp_path_factory.mktemp("nexia-prod"), sandbox, "nexia")


@pytest.fixture
def prod(apps_stack: Stack) -> Stack:
    return standing(apps_stack)


@pytest.fixture
def nexia(nexia_stack: Stack) -> Stack:
    return standing(nexia_stack)


def standing(stack: Stack) -> Stack:
    if not stack.intact:
        stack.up()
        stack.kubectl(
            "wait", "--for=condition=Available", "deployment", "--all", "--all-namespaces", "--timeout=60s"
        )
        assert until(lambda: autoscaled(stack), 60, 0.5)
        stack.intact = True
    return stack
