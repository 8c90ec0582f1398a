"""The real data servers, each started for the file that asks for it and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.layout import Layout
from sandbox.processes.spec import Context


@contextmanager
def _only(root: Path, process: str) -> Iterator[Context]:
    layout = Layout(root)
    try:
        yield lifecycle.up(layout, 0, lambda _text: None, only=(process,))
    finally:
        lifecycle.down(layout, lambda _text: None, wipe=True)


@pytest.fixture(scope="module")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with _only(tmp_path_factory.mktemp("postgres") / "sandbox", "postgres") as context:
        yield context


@pytest.fixture(scope="module")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with _only(tmp_path_factory.mktemp("valkey") / "sandbox", "valkey") as context:
        yield context
