"""One copy of the program a worker, its stack staging up or not as the tests left it."""

import pytest

from tests.conftest import RunningSandbox
from tests.staging.staging_stack import Stack


@pytest.fixture(scope="session")
def staging(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return Stack(tmp_path_factory.mktemp("staging"), sandbox)
