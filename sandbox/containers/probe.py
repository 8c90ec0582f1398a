"""A process's own health, on a loopback port."""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def serve_health(port: int, healthy: Callable[[], str | None]) -> None:
    """Answer on 127.0.0.1:port in a daemon thread: 200 when `healthy` returns None, else 503 and why."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            trouble = healthy()
            body = (trouble or "ok").encode()
            self.send_response(HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Say nothing: the supervisor asks all the time."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
