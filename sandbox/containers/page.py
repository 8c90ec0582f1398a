"""What a component's address shows: a page for people, the same as JSON for programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus

from sandbox.containers.view import Backend

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}th{text-align:left;padding-right:2rem;font-weight:600}td,th{padding-block:.2rem;"
    "vertical-align:top}.note{color:#4a4a4a;border-top:1px solid #bbb;margin-top:2rem;padding-top:.5rem}"
)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: HTTPStatus
    body: str
    kind: str = "application/json"
    location: str = ""
    """Where it sends the caller, with a status that says so."""


def document(status: HTTPStatus, content: Mapping[str, object]) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, json.dumps(content, indent=2) + "\n")


def component(backend: Backend, *, as_json: bool) -> Answer:
    """Return the component's page: app, component, environment, version, Ready pods."""
    known = backend.describe()
    pods = [str(pod["metadata"]["name"]) for pod in backend.ready]
    if as_json:
        return document(HTTPStatus.OK, {**known, "pods": pods})
    title = f"{known['app']} {known['component']}"
    rows = {**known, "pods": ", ".join(pods)}
    return _html(HTTPStatus.OK, title, _rows(rows))


def state(backend: Backend) -> Answer:
    """Return the state of an agent and its level of delegation (simulated: no agent runs here)."""
    pods = [str(pod["metadata"]["name"]) for pod in backend.ready]
    told = {"state": "idle", "delegation_level": "human-approval", "simulated": True, "pods": pods}
    return document(HTTPStatus.OK, {**backend.describe(), **told})


def unavailable(backend: Backend, *, as_json: bool) -> Answer:
    """Return why a component cannot answer: none of its pods is Ready."""
    known = backend.describe()
    reason = f"no Ready pod ({backend.total} in all)"
    if as_json:
        return document(HTTPStatus.SERVICE_UNAVAILABLE, {**known, "reason": reason})
    title = f"{known['app']} {known['component']} is not available"
    return _html(HTTPStatus.SERVICE_UNAVAILABLE, title, _rows({**known, "reason": reason}))


def moved(url: str) -> Answer:
    """Return a redirect that keeps the method."""
    return Answer(HTTPStatus.PERMANENT_REDIRECT, f"{url}\n", "text/plain; charset=utf-8", url)


def missing(what: str, hint: str, *, as_json: bool) -> Answer:
    """Return a 404 that says what there is instead."""
    if as_json:
        return document(HTTPStatus.NOT_FOUND, {"reason": what, "hint": hint})
    return _html(HTTPStatus.NOT_FOUND, "Not found", _rows({"reason": what, "hint": hint}))


def _rows(values: Mapping[str, str]) -> str:
    cells = "".join(
        f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in values.items()
    )
    return f"<table>{cells}</table>"


def _html(status: HTTPStatus, title: str, content: str) -> Answer:
    note = "Simulated: this answer comes from the sandbox in the place of the component's containers."
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main>"
        f'<p class="note">{note}</p></body></html>\n'
    )
    return Answer(status, body, "text/html; charset=utf-8")
