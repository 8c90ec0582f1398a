"""What recovery finds, and what it would do about it."""

from enum import StrEnum

from catalogue.models.base import Model
from delivery.recovery.objects import ObjectKey


class Certainty(StrEnum):
    """PROVEN is done at once, ASK needs a person's yes, REPORT is only told."""

    PROVEN = "proven"
    ASK = "ask"
    REPORT = "report"


class RemoveFile(Model):
    """Remove one file of the backend, by its path below it."""

    path: str


class EndProcess(Model):
    """End the process with this pid, if it still is the one that started then."""

    pid: int
    started: float


class RestoreCheckpoint(Model):
    """Put the copy `source` in the place of the checkpoint `target`, which is kept aside."""

    source: str
    target: str


class RefreshPending(Model):
    """Have the engine read these resources from the cluster again."""

    urns: tuple[str, ...]


class ClearPending(Model):
    """Drop the records of operations that are known to be over."""

    urns: tuple[str, ...]


class DeleteObject(Model):
    """Delete one object of the cluster, if it still carries this mark."""

    key: ObjectKey
    urn: str


Action = RemoveFile | EndProcess | RestoreCheckpoint | RefreshPending | ClearPending | DeleteObject


class Finding(Model):
    """One thing that was found: `found` and `cure` are phrases for a person, `action` treats it."""

    found: str
    cure: str
    certainty: Certainty = Certainty.PROVEN
    action: Action | None = None
