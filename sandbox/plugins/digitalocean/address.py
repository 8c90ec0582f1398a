"""Where the plugin may talk to, and with which token: loopback and the sandbox's own, nothing else."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

REAL = ("dop_v1_", "doo_v1_", "dor_v1_")
"""How DigitalOcean's own tokens begin: personal, OAuth access, OAuth refresh."""
NOT_HERE = (
    "This stand-in refuses real DigitalOcean tokens; use the official plugin with yours, or unset it and run "
    'eval "$(uv run sandbox env)" for the sandbox\'s own.'
)
MISSING = 'There is no token; run eval "$(uv run sandbox env)" for the sandbox\'s own.'
TOKENS = ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")


class Address(NamedTuple):
    """The API to talk to."""

    host: str
    port: int
    token: str


def refusals(config: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the provider's settings, by setting; no token is ever repeated. Unknowns pass."""
    wrong: dict[str, str] = {}
    token, endpoint = _token(config, environ), _endpoint(config, environ)
    if isinstance(token, str) and (token.startswith(REAL) or not token):
        wrong["token"] = NOT_HERE if token else MISSING
    if isinstance(endpoint, str) and not _is_loopback(endpoint):
        wrong["apiEndpoint"] = (
            f"This stand-in talks over http to a loopback address, not to {urlsplit(endpoint).hostname}; "
            "install the official plugin for a real account."
        )
    return wrong


def address_of(config: Mapping[str, object], environ: Mapping[str, str]) -> Address:
    """The checked address. Raises ValueError with the first refusal."""
    for sentence in refusals(config, environ).values():
        raise ValueError(sentence)
    url = urlsplit(str(_endpoint(config, environ)))
    return Address(str(url.hostname), url.port or 80, str(_token(config, environ)))


def _token(config: Mapping[str, object], environ: Mapping[str, str]) -> object:
    found = next((environ[name] for name in TOKENS if environ.get(name)), "")
    return config.get("token") or found


def _endpoint(config: Mapping[str, object], environ: Mapping[str, str]) -> object:
    return config.get("apiEndpoint") or environ.get("DIGITALOCEAN_API_URL") or "https://api.digitalocean.com"


def _is_loopback(endpoint: str) -> bool:
    """A literal loopback address or `localhost`; other names could resolve elsewhere next time."""
    try:
        url = urlsplit(endpoint)
        if url.scheme != "http" or url.username or url.password or url.port == 0:
            return False
        return url.hostname == "localhost" or ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        return False
