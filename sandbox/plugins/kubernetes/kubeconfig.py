"""Where the API server is and how to speak to it, from a kubeconfig."""

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KubeconfigError(Exception):
    """The kubeconfig cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Access:
    """One cluster seen by one user; certificates and keys are PEM bytes.

    A dataclass, because importing pydantic would double the plugin's start-up time.
    """

    server: str
    ca: bytes | None = None
    insecure: bool = False
    client_certificate: bytes | None = None
    client_key: bytes | None = None
    token: str | None = None
    namespace: str | None = None


def load_kubeconfig(given: str | None, *, context: str | None = None, cluster: str | None = None) -> Access:
    """Read the kubeconfig `given` as path or contents, else $KUBECONFIG, else ~/.kube/config.

    `context` and `cluster` override what the file has chosen. Raises KubeconfigError.
    """
    document, folder = _document(given)
    chosen = context or document.get("current-context")
    if not chosen and not cluster:
        raise KubeconfigError(
            "The kubeconfig names no current-context: set one, or the provider's `context`."
        )
    settings = _named(document, "contexts", chosen, "context") if chosen else {}
    place = _named(document, "clusters", cluster or settings.get("cluster"), "cluster")
    user = _named(document, "users", settings.get("user"), "user") if settings.get("user") else {}
    for key in ("exec", "auth-provider"):
        if key in user:
            raise KubeconfigError(
                f"This stand-in does not support `{key}` users in a kubeconfig: use a token."
            )
    return Access(
        server=place["server"],
        ca=_pem(place, "certificate-authority", folder),
        insecure=bool(place.get("insecure-skip-tls-verify")),
        client_certificate=_pem(user, "client-certificate", folder),
        client_key=_pem(user, "client-key", folder),
        token=_token(user, folder),
        namespace=settings.get("namespace"),
    )


def _document(given: str | None) -> tuple[dict[str, Any], Path]:
    text = given or os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    folder = Path.cwd()
    if "\n" not in text and not text.lstrip().startswith("{"):
        path = Path(text.split(os.pathsep)[0]).expanduser()
        try:
            text, folder = path.read_text(), path.parent
        except OSError as error:
            raise KubeconfigError(f"The kubeconfig {path} cannot be read: {error.strerror}.") from error
    try:
        document = yaml.load(text, Loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as error:
        raise KubeconfigError("The kubeconfig is no valid YAML.") from error
    if not isinstance(document, dict):
        raise KubeconfigError("The kubeconfig is no mapping.")
    return document, folder


def _named(document: dict[str, Any], section: str, name: str | None, key: str) -> dict[str, Any]:
    for item in document.get(section) or []:
        if item.get("name") == name:
            return dict(item.get(key) or {})
    raise KubeconfigError(f"The kubeconfig has no {key} named {name!r}.")


def _pem(section: dict[str, Any], key: str, folder: Path) -> bytes | None:
    if data := section.get(f"{key}-data"):
        return base64.b64decode(data)
    if name := section.get(key):
        try:
            return Path(folder, name).read_bytes()
        except OSError as error:
            raise KubeconfigError(
                f"The kubeconfig's {key} {name} cannot be read: {error.strerror}."
            ) from error
    return None


def _token(user: dict[str, Any], folder: Path) -> str | None:
    """Return the user's token; an unusable one is refused here, where nobody repeats it."""
    if given := user.get("token"):
        token = str(given).strip()
    elif name := user.get("tokenFile"):
        token = Path(folder, name).read_text().strip()
    else:
        return None
    if not re.fullmatch(r"[!-~]+", token):
        raise KubeconfigError(
            "The kubeconfig's token is none: it is empty, or holds blanks or other letters."
        )
    return token
