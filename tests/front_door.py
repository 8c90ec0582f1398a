"""Requests through a sandbox's front door, as the ingress controller in its place would get them."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from catalogue.ingress import INGRESS
from tests.conftest import RunningSandbox
from tests.e2e.harness import until


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


def check_doors(sandbox: RunningSandbox, host: str, doors: Mapping[str, str], app: str) -> None:
    """By TLS each path is answered by its component of production; plain http is sent there."""
    for path, component in doors.items():
        assert until(partial(is_well, sandbox, host, path)), path
        assert ask(sandbox, host, path).component == (app, component, "prod")
        plain = ask(sandbox, host, path, secure=False)
        assert (plain.status, plain.location) == (308, f"https://{host}{path}")


def is_well(sandbox: RunningSandbox, host: str, path: str) -> bool:
    """Whether somebody answers there over TLS, and is well."""
    return ask(sandbox, host, path).status == HTTPStatus.OK


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
