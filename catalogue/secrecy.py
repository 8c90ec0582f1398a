"""What a run needs to know by heart: a passphrase that is its own, and the account's token where it buys.

The sandbox's passphrase is public, see docs/adr/0002. What it protects there opens servers on loopback, so
loopback is what is asked for.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

PUBLIC = Path(__file__).resolve().parents[1] / "sandbox" / "passphrase"
TOKENS = ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")
_HOME = Path(".kube/config")


def vet_secrets(context: str | None, *, buys: bool = False, environ: Mapping[str, str] = os.environ) -> None:
    """Raise ValueError for what would stop an update in its middle, or keep its secrets in public.

    That is: to buy at DigitalOcean without a token; and the public passphrase with another machine's API
    server, both looked up as the engine and its plugin find them: the passphrase's variables, and the
    kubeconfig's `context` (None or empty: its current one). What isn't found is somebody else's to tell.
    """
    if buys and not any(environ.get(name) for name in TOKENS):
        raise ValueError("DigitalOcean's token is missing; export DIGITALOCEAN_TOKEN")
    if _passphrase(environ) != PUBLIC.read_text(encoding="utf-8").strip():
        return
    server = _server(context, environ)
    if server and not _is_loopback(server):
        raise ValueError(
            f"the stack's secrets would be kept by the sandbox's passphrase, which is public, and the cluster"
            f" is {server}; choose a secrets provider of your own: docs/runbooks/own-cluster.md"
        )


def _passphrase(environ: Mapping[str, str]) -> str:
    file = environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if (given := environ.get("PULUMI_CONFIG_PASSPHRASE")) is not None or not file:
        return given or ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _server(context: str | None, environ: Mapping[str, str]) -> str:
    """The API server's address; of several kubeconfigs the first that knows something is right."""
    places = environ.get("KUBECONFIG") or str(Path(environ.get("HOME", "~")).expanduser() / _HOME)
    files = [_read(Path(one)) for one in places.split(os.pathsep) if one]
    wanted = context or next((one["current-context"] for one in files if one.get("current-context")), "")
    cluster = _named(files, "contexts", wanted).get("context", {}).get("cluster", "")
    return str(_named(files, "clusters", cluster).get("cluster", {}).get("server", ""))


def _named(files: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    every = (one for file in files for one in file.get(kind) or ())
    return next((one for one in every if one.get("name") == name), {})


def _read(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_loopback(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
