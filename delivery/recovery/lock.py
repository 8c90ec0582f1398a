"""Who holds a lock of the file backend, and whether that process can still be at work."""

import json
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from catalogue.models.base import Model
from delivery.recovery.process import ProcessFact

REUSE_SLACK_SECONDS = 60.0
"""A pulumi process that started this much after the lock is another one, which was given the same pid.

Wide, because the wall clock may have been set in between: taking a living holder for dead would be worse.
"""


class Holder(StrEnum):
    """What is known of the process that wrote a lock."""

    LIVING = "living"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Lock(Model):
    """One lock file: its path below the backend and what stands in it; no pid when it cannot be read."""

    path: str
    pid: int | None = None
    host: str = ""
    user: str = ""
    time: datetime | None = None

    def __str__(self) -> str:
        if self.pid is None:
            return f"lock {self.path}, which cannot be read"
        return f"lock of {self.user}@{self.host}, pid {self.pid}, since {self.time:%Y-%m-%d %H:%M:%S %Z}"


class _Content(BaseModel):
    """The engine's own document; later engines may add keys."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    username: str
    hostname: str
    timestamp: AwareDatetime


def parse_lock(path: str, data: bytes) -> Lock:
    """Read one lock file as the engine writes it; a file that makes no sense becomes a lock without a pid."""
    try:
        content = _Content.model_validate(json.loads(data))
    except (ValueError, ValidationError):
        return Lock(path=path)
    return Lock(
        path=path, pid=content.pid, host=content.hostname, user=content.username, time=content.timestamp
    )


def judge_lock(lock: Lock, host: str, holder: ProcessFact | None, *, hidden: bool = False) -> Holder:
    """Tell what is known of a lock's holder.

    `host` is this machine's name, `holder` the process that has the lock's pid here, if any; `hidden` says
    that there is one of which nothing can be seen. Such a holder, another host's and that of an unreadable
    lock are never proven dead.
    """
    if lock.pid is None or lock.time is None or lock.host != host or hidden:
        return Holder.UNKNOWN
    if holder is None or not holder.is_engine:
        return Holder.DEAD
    newer = holder.started > lock.time.timestamp() + REUSE_SLACK_SECONDS
    return Holder.DEAD if newer else Holder.LIVING
