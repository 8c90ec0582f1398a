"""One copy of the programs a worker; see harness.py."""

import pytest

from tests.conftest import RunningSandbox
from tests.e2e.harness import Checkout


@pytest.fixture(scope="session")
def checkout(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The programs, their data and an empty stack each, against this worker's sandbox."""
    return Checkout(tmp_path_factory.mktemp("checkout"), sandbox)


@pytest.fixture
def stacks(checkout: Checkout) -> Checkout:
    """The same with both dev stacks up and unchanged; two apps are enough to see what belongs to whom."""
    checkout.hold("nextstep", "kvibe")
    checkout.up("dev", "nexia-dev")
    return checkout
