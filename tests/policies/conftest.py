"""What the engine needs to start the pack, once a worker; no cluster."""

from collections.abc import Iterator

import pytest

from tests.conftest import running


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which the engine finds the language host that starts the pack."""
    with running(tmp_path_factory.mktemp("engine") / "sandbox", ("fork-server",)) as found:
        yield found.env
