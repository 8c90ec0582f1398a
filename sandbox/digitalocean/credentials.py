"""Docker credentials of a registry, and their end."""

import base64
import hashlib
import secrets
from datetime import timedelta

from sandbox.digitalocean import checks
from sandbox.digitalocean.exchange import Answer, Object, Request, not_found, stamp
from sandbox.digitalocean.registries import find, single

HOST = "registry.digitalocean.com"
FIFTY_YEARS = 1_576_800_000  # seconds; the longest life that the API grants


def of_named(state: Object, request: Request) -> Answer:
    """A Docker configuration for one registry; 404."""
    return _issue(state, request, find(state, request.parts["name"])["name"])


def of_only(state: Object, request: Request) -> Answer:
    """The same for the account's single registry; 404 without, 412 with several."""
    return _issue(state, request, single(state)["name"])


def revoke(state: Object, request: Request) -> Answer:
    """End a token; 404 for one that isn't alive."""
    if state["tokens"].pop(_digest(str(request.body.get("token", ""))), None) is None:
        raise not_found("token not found")
    return Answer(200, {})


def _issue(state: Object, request: Request, registry: str) -> Answer:
    query = {key: int(value) for key, value in request.query.items() if value.isdecimal()}
    life = checks.whole({**request.query, **query}, "expiry_seconds", 0, FIFTY_YEARS, 0)
    token = f"standin_{secrets.token_hex(32)}"
    # Only the hash is kept: the file must not open anything.
    state["tokens"][_digest(token)] = {
        "registry": registry,
        "read_write": request.query.get("read_write", "false").lower() == "true",
        "expires_at": stamp(request.now + timedelta(seconds=life)) if life else None,
    }
    auth = base64.b64encode(f"{token}:{token}".encode()).decode()
    return Answer(200, {"auths": {HOST: {"auth": auth}}})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
