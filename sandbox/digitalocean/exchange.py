"""What goes in and out of a handler: a request without the network, an answer, a refusal."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One call. `parts` are the path's variables, `now` the only clock that a handler sees."""

    method: str
    path: str
    now: datetime
    query: dict[str, str] = field(default_factory=dict)
    body: Object = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        """The moment as the API writes it."""
        return stamp(self.now)


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body; None for 204."""

    status: int
    body: Object | None = None
    headers: dict[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """A call that the API refuses, with the documented body `{id, message, request_id}`."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind

    def answer(self, headers: dict[str, str] | None = None) -> Answer:
        """The answer that tells the caller."""
        body = {"id": self.kind, "message": str(self), "request_id": secrets.token_hex(16)}
        return Answer(self.status, body, headers or {})


def not_found(message: str = "The resource you requested could not be found.") -> RefusalError:
    """404: there is no such thing in this account."""
    return RefusalError(404, "not_found", message)


def conflict(message: str) -> RefusalError:
    """409: somebody has it already."""
    return RefusalError(409, "conflict", message)


def precondition(message: str) -> RefusalError:
    """412: not in the state that the account is in."""
    return RefusalError(412, "precondition_failed", message)


def unprocessable(message: str) -> RefusalError:
    """422: the values make no sense together or to the API."""
    return RefusalError(422, "unprocessable_entity", message)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
