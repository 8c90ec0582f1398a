"""What the warm start waits for: every dev port of the spec, and an answer on each."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from bench.measure import CommandFailedError
from bench.platform import answered, dev_ports


class Handler(BaseHTTPRequestHandler):
    code = 200

    def do_GET(self) -> None:
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the overridden one's
        """Say nothing."""


class Broken(Handler):
    code = 503


@pytest.fixture(params=[Handler, Broken])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    with HTTPServer(("127.0.0.1", 0), request.param) as made:
        thread = Thread(target=made.serve_forever)
        thread.start()
        yield made.server_address[1], request.param.code
        made.shutdown()
        thread.join()


def test_the_ports_are_the_specs() -> None:
    apps = [5003, 7000, 7001, 7002, 7003, 7004, 7005, 7006, 7020, 8001]
    nexia = [7010, 7011, 7012, 7013, 7014]
    assert dev_ports(0) == sorted(apps + nexia)
    assert dev_ports(11900)[0] == 5003 + 11900


def test_only_an_answer_counts(server: tuple[int, int]) -> None:
    port, code = server
    if code == 200:
        answered([port])
        return
    with pytest.raises(CommandFailedError, match=f"no answer on {port} within 0 s"):
        answered([port], patience=0)
