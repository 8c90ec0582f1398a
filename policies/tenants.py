"""What an app is called on the shared servers, told from an object of its tenant and from nothing else."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.limits import Limits
from policies.objects import Object

TENANT_LABEL = "blueocean.io/tenant"
# What differs from one hand-over of staging to the next; all else in its scripts is the same for ever.
_ROW = r"\('[a-z0-9_-]+'(, '[a-z0-9_-]+'){3}\)"
_NAMES = (
    re.compile(rf"(?<=INTO tenant VALUES ){_ROW}(,\s+{_ROW})*(?=;\n)"),
    re.compile(r"(?<=coming CONSTANT text := ')[a-z0-9_-]*(?=';\n)"),
    re.compile(r"(?<=VALUES \(coming, ')[0-9T:+Z.-]{1,40}(?='\)\n)"),
)
_STEM = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Tenant:
    """The names of one database tenant."""

    database: str
    schema: str
    role: str

    @property
    def names(self) -> dict[str, str]:
        """By what `limits.yaml` calls them; the owner has the tables and never logs in."""
        return {
            "database": self.database,
            "schema": self.schema,
            "role": self.role,
            "owner": f"{self.role}_owner",
        }


def tenant_of(item: Object, limits: Limits) -> Tenant | None:
    """The tenant that `<stem>-<environment>-postgres` stands for; None when the name is not its app's."""
    environment = item.environment
    if environment is None or not item.app:
        return None
    stem = item.name.removesuffix(f"-{environment}-postgres").replace("-", "_")
    own = item.name.endswith(f"-{environment}-postgres") and is_own(stem, item.app.replace("-", "_"), "_")
    if not own or not _STEM.fullmatch(stem):
        return None
    names = limits.tenants[environment]
    return Tenant(names.database.format(stem=stem), stem, names.role.format(stem=stem))


def is_own(name: str, app: str, joint: str) -> bool:
    """Whether a name is the app's, or begins with it and the joint."""
    return bool(app) and (name == app or name.startswith(f"{app}{joint}"))


def without_names(text: str) -> str:
    """A script of the hand-over without the apps' names and the moment, which change at every slot."""
    for varying in _NAMES:
        text = varying.sub("…", text)
    return text


def fingerprint(value: object) -> str:
    """SHA-256 of a text, or of anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def commands(container: Mapping[str, Any]) -> list[list[str]]:
    """What a container runs: command and arguments as plain lists."""
    return [[str(word) for word in container.get(part) or ()] for part in ("command", "args")]


def hooks(container: Mapping[str, Any]) -> Iterator[str]:
    """Names of what runs in a container beside its command."""
    if container.get("lifecycle"):
        yield "lifecycle"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if (container.get(probe) or {}).get("exec"):
            yield probe
