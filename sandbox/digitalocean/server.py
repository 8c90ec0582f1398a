"""The HTTP face: tokens, bodies, limits, errors. Never logs a header or a body."""

import hmac
import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.digitalocean.access import TOKEN
from sandbox.digitalocean.account import Account
from sandbox.digitalocean.exchange import Answer, Object, RefusalError, Request
from sandbox.digitalocean.quota import Quota
from sandbox.digitalocean.routes import answer

FORM = "/v1/oauth/revoke"
"""The one path whose body is a form."""
LARGEST = 1024 * 1024  # bytes of a request's body


class Server(ThreadingHTTPServer):
    """The stand-in on 127.0.0.1:port (0: any free one). Raises OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, account: Account, quota: Quota) -> None:
        self.account = account
        self.quota = quota
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "blueocean-digitalocean-stand-in"
    sys_version = ""
    timeout = 30
    server: Server

    def do_GET(self) -> None:
        """Answer any method."""
        body = self._body()
        if urlsplit(self.path).path == "/healthz":
            self._send(Answer(200, {"status": "ok", "simulated": True}))
            return
        allowed, headers = self.server.quota.take(datetime.now(UTC))
        try:
            self._admit(allowed=allowed)
            found = answer(self.server.account, self._request(body))
            self._send(Answer(found.status, found.body, headers))
        except RefusalError as refusal:
            self._send(refusal.answer(headers))
        except OSError:
            trouble = RefusalError(500, "server_error", "Unexpected server-side error")
            self._send(trouble.answer(headers))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  http.server's names

    def log_message(self, template: str, *args: object) -> None:
        """Method, path and status only: a query or a header could hold a credential."""
        super().log_message(template, *(str(one).partition("?")[0] for one in args))

    def _admit(self, *, allowed: bool) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(given, TOKEN.encode()):
            raise RefusalError(401, "unauthorized", "Unable to authenticate you")
        if not allowed:
            raise RefusalError(429, "too_many_requests", "API rate limit exceeded.")

    def _request(self, raw: bytes) -> Request:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        return Request(self.command, unquote(url.path), datetime.now(UTC), query, self._parsed(raw))

    def _body(self) -> bytes:
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST:
            self.close_connection = True  # the rest stays unread
        return self.rfile.read(min(size, LARGEST))

    def _parsed(self, raw: bytes) -> Object:
        if urlsplit(self.path).path == FORM:
            return dict(parse_qsl(raw.decode(errors="replace")))
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise RefusalError(400, "bad_request", "The request body is not a JSON object.")
        return body

    def _send(self, found: Answer) -> None:
        content = b"" if found.body is None else json.dumps(found.body).encode()
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        if content:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
