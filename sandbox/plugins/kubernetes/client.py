"""The API server over HTTP: one connection a thread, kept alive, with retries where they are safe."""

import http.client
import json
import ssl
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.plugins.kubernetes.kubeconfig import Access

USER_AGENT = "blueocean-pulumi-kubernetes-standin"
RETRY_STATUS = frozenset({429, 503, 504})
RETRY_PAUSES = (
    0.1,
    0.3,
    1.0,
    2.0,
)  # seconds; together longer than an API server needs to restart its watch cache
CONNECT_TIMEOUT = 5.0  # seconds
REPLY_TIMEOUT = 60.0  # seconds


class Unreachable(Exception):  # noqa: N818 - it names the state, as `configured cluster is unreachable` does
    """No answer from the API server; the message is the reason."""


class ApiError(Exception):
    """The API server said no: its HTTP `code`, `reason` word and `message`."""

    def __init__(self, code: int, body: dict[str, Any]) -> None:
        self.code = code
        self.reason = str(body.get("reason") or "")
        self.message = str(body.get("message") or f"HTTP status {code}")
        self.details: dict[str, Any] = body.get("details") or {}
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: HTTP status, parsed body and the API server's warnings."""

    code: int
    body: dict[str, Any]
    warnings: tuple[str, ...] = ()


class Client:
    """Requests to one API server by one user; safe to share between threads."""

    def __init__(self, access: Access) -> None:
        parts = urlsplit(access.server)
        self._host, self._port = parts.hostname or "", parts.port
        self._prefix = parts.path.rstrip("/")
        self._tls = _tls(access) if parts.scheme == "https" else None
        self._headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        if access.token:
            self._headers["Authorization"] = f"Bearer {access.token}"
        self._local = threading.local()

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str | None = None) -> Reply:
        """Read `path`; raises Unreachable or ApiError."""
        return self.send("GET", path, query=query, headers={"Accept": accept} if accept else None)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request, again after an overload or a connection that the server had closed.

        Everything this plugin sends may arrive twice: reads, applies, dry runs and deletions. Raises
        Unreachable when there is no answer, ApiError for an answer of 400 and above.
        """
        target = self._prefix + path + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        merged = {**self._headers, "Content-Type": "application/json", **(headers or {})}
        for pause in (*RETRY_PAUSES, None):
            try:
                reply = self._once(method, target, data, merged)
            except (http.client.HTTPException, OSError) as error:
                self._drop()
                # A server that was never there is not worth waiting for.
                absent = isinstance(error, ConnectionRefusedError) and not self._spoken()
                if pause is None or absent or _final(error):
                    raise Unreachable(f"{self._host}:{self._port}: {_reason(error)}") from error
            else:
                if reply.code < http.HTTPStatus.BAD_REQUEST:
                    self._local.spoken = True
                    return reply
                if reply.code not in RETRY_STATUS or pause is None:
                    raise ApiError(reply.code, reply.body)
            time.sleep(pause)
        raise AssertionError("the last round returns or raises")

    def _once(self, method: str, target: str, data: bytes | None, headers: dict[str, str]) -> Reply:
        connection = self._connection()
        connection.request(method, target, body=data, headers=headers)
        response = connection.getresponse()
        raw = response.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {"message": raw[:500].decode(errors="replace").strip()}
        warnings = tuple(_warning(text) for text in response.headers.get_all("Warning") or ())
        return Reply(response.status, body if isinstance(body, dict) else {}, warnings)

    def _spoken(self) -> bool:
        return getattr(self._local, "spoken", False)

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            if self._tls is None:
                connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_TIMEOUT)
            else:
                connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=CONNECT_TIMEOUT, context=self._tls
                )
            connection.connect()
            connection.sock.settimeout(REPLY_TIMEOUT)
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close the calling thread's connection; the next request opens another."""
        self._drop()

    def _drop(self) -> None:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()


def _final(error: Exception) -> bool:
    """Tell whether a failure comes again: no answer in time, or TLS that cannot agree.

    A write to a connection that the server closed while it idled is an SSLEOFError, and no such failure.
    """
    hung_up = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return isinstance(error, ssl.SSLError | TimeoutError) and not hung_up


def _warning(header: str) -> str:
    """The text of a Warning header: `299 - "text"`."""
    return header.split('"', 1)[-1].rsplit('"', 1)[0].replace('\\"', '"')


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _tls(access: Access) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=access.ca.decode() if access.ca else None)
    if access.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if access.client_certificate and access.client_key:
        # The ssl module reads a client certificate from a file only; it exists for this one call, 0600.
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(access.client_certificate + b"\n" + access.client_key)
            file.flush()
            context.load_cert_chain(Path(file.name))
    return context
