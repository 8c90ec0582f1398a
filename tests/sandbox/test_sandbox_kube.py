"""What follows the cluster goes on after an answer that is no event."""

import http.client
import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sandbox import pki
from sandbox.kube import KubeClient, Object, Store
from tests.e2e.harness import until

POD: Object = {"metadata": {"namespace": "n", "name": "p"}}
NOT_YET: Object = {"kind": "Status", "message": "storage is (re)initializing", "code": 429}


class JustStarted(BaseHTTPRequestHandler):
    """An API server that lists at once and can be followed from the second time on."""

    refusals: list[Object]

    def do_GET(self) -> None:
        status, body = HTTPStatus.OK, {"items": [], "metadata": {"resourceVersion": "1"}}
        if "watch=1" in self.path:
            body = {"type": "ADDED", "object": POD}
            if self.refusals:
                status, body = HTTPStatus.TOO_MANY_REQUESTS, self.refusals.pop()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(f"{json.dumps(body)}\n".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""


class PlainClient(KubeClient):
    """One that does without TLS."""

    def _connect(self, timeout: float) -> http.client.HTTPConnection:  # type: ignore[override]  # no TLS
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[KubeClient]:
    pki.ensure(tmp_path)

    class Handler(JustStarted):
        refusals = [NOT_YET]  # noqa: RUF012  of this server

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield PlainClient(server.server_address[1], "token", tmp_path / "ca.crt")
        server.shutdown()


def test_a_server_that_lists_but_cannot_be_followed_yet_is_asked_again(client: KubeClient) -> None:
    store = Store(client, "/api/v1/pods")
    store.start()
    try:
        assert until(lambda: store.values() == [POD])
    finally:
        store._stop.set()
