"""The client of the API server, against a server that hangs up where a real one does."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from sandbox import pki
from sandbox.plugins.kubernetes.client import Client, Unreachable
from sandbox.plugins.kubernetes.kubeconfig import Access

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class HangingUp:
    """A TLS server that answers one request a connection, says goodbye and hangs up while the line idles."""

    def __init__(self, keys: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(keys / "server.crt", keys / "server.key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.hung_up = threading.Semaphore(0)
        self.served = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            with closing(plain), suppress(ssl.SSLError):  # a client that refuses the certificate
                self._answer(plain)

    def _answer(self, plain: socket.socket) -> None:
        with closing(self.context.wrap_socket(plain, server_side=True)) as line:
            line.recv(65536)
            line.sendall(ANSWER)
            self.served += 1
            _say_goodbye(line)
        self.hung_up.release()


def _say_goodbye(line: ssl.SSLSocket) -> None:
    """Send close_notify, as the API server does before it closes; the client's own is not waited for."""
    line.settimeout(0.01)
    try:
        line.unwrap()
    except OSError:
        return


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    pki.ensure(tmp_path)
    return tmp_path


@pytest.fixture
def server(keys: Path) -> Iterator[HangingUp]:
    running = HangingUp(keys)
    yield running
    running.listener.close()


def client(server: HangingUp, keys: Path) -> Client:
    port = server.listener.getsockname()[1]
    return Client(Access(f"https://127.0.0.1:{port}", ca=(keys / "ca.crt").read_bytes()))


def test_a_connection_that_was_closed_while_idle_is_opened_anew(server: HangingUp, keys: Path) -> None:
    with closing(client(server, keys)) as one:
        for _ in range(3):
            assert one.send("POST", "/api/v1/namespaces", body={}).code == 200
            assert server.hung_up.acquire(timeout=10)
    assert server.served == 3


def test_a_certificate_of_somebody_else_is_refused_at_once(server: HangingUp, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    pki.ensure(other)
    with closing(client(server, other)) as one, pytest.raises(Unreachable, match="certificate verify failed"):
        one.get("/api")
