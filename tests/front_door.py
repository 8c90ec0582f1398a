"""Requests through a sandbox's front door, as the ingress controller in its place would get them."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

from catalogue.ingress import INGRESS
from tests.conftest import RunningSandbox


@dataclass(frozen=True)
class Answered:
    """Status, where it sends to, and the page as JSON (empty when it is none)."""

    status: int
    location: str | None
    page: dict[str, Any]

    @property
    def component(self) -> tuple[str, str, str]:
        """App, component and environment of who answers."""
        return self.page["app"], self.page["component"], self.page["environment"]


def ask(sandbox: RunningSandbox, host: str, path: str, *, secure: bool = True) -> Answered:
    """Ask once and follow nothing; `secure`: it came by TLS, which ended before the front door."""
    connection = http.client.HTTPConnection("127.0.0.1", INGRESS + sandbox.port_offset, timeout=10)
    headers = {"Host": host, "Accept": "application/json"}
    if secure:
        headers["X-Forwarded-Proto"] = "https"
    try:
        connection.request("GET", path, headers=headers)
        found = connection.getresponse()
        body = found.read()
        page = json.loads(body) if body.startswith(b"{") else {}
        return Answered(found.status, found.getheader("Location"), page)
    finally:
        connection.close()
