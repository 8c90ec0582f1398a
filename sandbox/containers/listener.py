"""HTTP listeners on loopback: one for each dev port, one for every ingress host."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from sandbox.containers.page import Answer


@dataclass(frozen=True)
class Request:
    """What somebody asks for."""

    host: str
    """As the caller wrote it, with the port."""
    path: str
    query: str = ""
    as_json: bool = False
    secure: bool = False
    """Whether somebody before us ended TLS, as a load balancer says it."""


Respond = Callable[[Request], Answer]


class Server(ThreadingHTTPServer):
    """A server of threads that end with the process."""

    daemon_threads = True
    request_queue_size = 128


class Listener:
    """One open port; raises OSError when it is taken."""

    def __init__(self, port: int, respond: Respond) -> None:
        class Handler(_Handler):
            answer = staticmethod(respond)

        self.port = port
        self._server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, name=f"port {port}", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "blueocean-sandbox"
    sys_version = ""
    timeout = 30
    answer: Respond

    def do_GET(self) -> None:
        """Answer a GET."""
        url = urlsplit(self.path)
        request = Request(
            host=self.headers.get("Host", ""),
            path=url.path or "/",
            query=url.query,
            as_json="application/json" in self.headers.get("Accept", ""),
            secure=self.headers.get("X-Forwarded-Proto", "").lower() == "https",
        )
        self._send(self.answer(request))

    do_HEAD = do_GET  # noqa: N815  the same

    def do_POST(self) -> None:
        """Refuse what would change something."""
        self.close_connection = True  # its body is not read
        self._send(Answer(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD\n", "text/plain"))

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  the same

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Count, don't log: `/metrics` has the numbers."""
