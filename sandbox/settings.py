"""What one sandbox remembers between runs: its ports and offset, and the credentials it made for itself."""

import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sandbox.errors import SandboxError
from sandbox.files import write_private
from sandbox.layout import Layout

POSTGRES_ADMIN = "postgres"
VALKEY_ADMIN = "admin"
# user -> groups, as the API server's token file wants them
USERS = {
    "blueocean:admin": "system:masters",
    "blueocean:containers": "system:masters",
    "blueocean:kwok": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
}


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file, or start afresh when there is none; a broken file is an error naming the cure."""
        if not path.exists():
            return cls()
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError:
            raise SandboxError(
                f"{path} is not the sandbox's own state; run `sandbox down --wipe` to start afresh."
            ) from None

    def save(self, path: Path) -> None:
        """Write the file atomically, for the owner's eyes only."""
        write_private(path, self.model_dump_json(indent=2) + "\n")


class Settings(_Stored):
    """Ports by name, and how far the fixed ports (dev ports, ingress) are shifted."""

    port_offset: int = Field(default=0, ge=0, le=50000)
    ports: dict[str, int] = {}


class Credentials(_Stored):
    """Secrets that only open servers on this machine's loopback address; made once per sandbox."""

    postgres: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    valkey: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    tokens: dict[str, str] = Field(default={}, validate_default=True)

    @field_validator("tokens")
    @classmethod
    def _every_user(cls, given: dict[str, str]) -> dict[str, str]:
        """A user that this version added gets a token too: the folder may be an older version's."""
        return {user: secrets.token_urlsafe(32) for user in USERS} | given


def settings_path(layout: Layout) -> Path:
    """Return where `Settings` are kept."""
    return layout.root / "settings.json"


def credentials_path(layout: Layout) -> Path:
    """Return where `Credentials` are kept."""
    return layout.pki / "credentials.json"
