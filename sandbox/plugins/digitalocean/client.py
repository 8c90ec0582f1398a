"""Calls to the API: one connection each, patient with a full quota, never following a redirect."""

import http.client
import json
import threading
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.plugins.digitalocean.address import Address

Object = dict[str, Any]
TRIES = 5
TIMEOUT = 30.0  # seconds
TOO_MANY, UNAVAILABLE = 429, 500


class ApiError(Exception):
    """An answer other than success. `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class UnreachableError(Exception):
    """Nobody answers at the address."""


class Client:
    """The API as one token sees it. Safe to share between threads."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.cancelled = threading.Event()

    def get(self, *path: str, **query: object) -> Object:
        """GET a resource."""
        return self.call("GET", path, query=query)

    def post(self, *path: str, body: Object) -> Object:
        """POST a JSON body."""
        return self.call("POST", path, body=json.dumps(body))

    def put(self, *path: str, body: Object) -> Object:
        """PUT a JSON body."""
        return self.call("PUT", path, body=json.dumps(body))

    def delete(self, *path: str) -> None:
        """DELETE a resource; one that is gone already is fine."""
        try:
            self.call("DELETE", path)
        except ApiError as error:
            if error.status != http.client.NOT_FOUND:
                raise

    def call(
        self, method: str, path: tuple[str, ...], *, body: str = "", query: Object | None = None
    ) -> Object:
        """One call, repeated while the quota is used up or the server stumbles.

        Raises ApiError with the API's own message, UnreachableError when nobody answers.
        """
        url = "/" + "/".join(quote(part, safe="") for part in path)
        url += f"?{urlencode(query)}" if query else ""
        for attempt in range(1, TRIES + 1):
            status, headers, content = self._once(method, url, body)
            if status < http.client.BAD_REQUEST:
                return _parsed(content)
            again = status == TOO_MANY or (status >= UNAVAILABLE and method == "GET")
            if not again or attempt == TRIES or self.cancelled.wait(_pause(headers, attempt)):
                break
        told = _parsed(content)
        request = f' (request "{told["request_id"]}")' if "request_id" in told else ""
        shown = f"{method} http://{self._address.host}:{self._address.port}{url.partition('?')[0]}"
        raise ApiError(status, f"{shown}: {status}{request} {told.get('message', 'no reason given')}")

    def _once(self, method: str, url: str, body: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._address.host, self._address.port, timeout=TIMEOUT)
        headers = {"Authorization": f"Bearer {self._address.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, url, body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(
                f"The DigitalOcean stand-in does not answer at {self._address.host}:{self._address.port} "
                f"({error or type(error).__name__}); run `uv run sandbox up`, then this again."
            ) from None
        finally:
            connection.close()


def _pause(headers: dict[str, str], attempt: int) -> float:
    """Seconds to wait: what the server asks for, at most ten, else a little more each time."""
    asked = headers.get("retry-after", "")
    return min(10.0, float(asked)) if asked.isdecimal() else 0.2 * attempt


def _parsed(content: bytes) -> Object:
    try:
        found = json.loads(content) if content else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
