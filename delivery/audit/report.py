"""What an audit found, as plain values that every format shows alike."""

import hashlib
from datetime import date, datetime
from typing import Literal

from catalogue.models.base import Model

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class RuleText(Model):
    """What a report says about a rule."""

    id: str
    severity: Severity
    title: str
    clause: str
    remediation: str
    reference: str


class WaiverText(Model):
    """Who answers for a violation, until when."""

    owner: str
    reason: str
    ticket: str
    expires: date


class Entry(Model):
    """One violation of a rule by an object, in one source."""

    rule: RuleText
    source: str
    """`state <project>.<stack>` or `live`."""
    kind: str
    namespace: str
    name: str
    app: str
    environment: str
    """dev, staging or prod; empty when nothing says so."""
    owner: str
    """The stack that made the object (`blueocean.dev`), else who did, as far as the cluster knows."""
    message: str
    waiver: WaiverText | None = None

    @property
    def address(self) -> str:
        """How people name the object."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def fingerprint(self) -> str:
        """The same for the same violation by the same object in every run, wherever it was found.

        A gate's code is what a promotion is refused for; its sentence goes by the clock (ages, next slots).
        """
        promotion = self.rule.id.startswith("promotion-")
        what = self.message.partition(":")[0] if promotion else self.message
        parts = (self.rule.id, self.kind, self.namespace, self.name, what)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class Drift(Model):
    """A difference between what a stack's state says and what the cluster has."""

    stack: str
    kind: str
    namespace: str
    name: str
    what: str

    @property
    def address(self) -> str:
        """How people name the object."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Source(Model):
    """Something that was read, and how many objects the rules judged in it."""

    name: str
    objects: int


class Report(Model):
    """Everything that an audit found; `unread` is never empty when something could not be read."""

    at: datetime
    sources: tuple[Source, ...]
    unread: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What is wrong with levels and waivers themselves."""
    entries: tuple[Entry, ...] = ()
    drift: tuple[Drift, ...] = ()

    @property
    def open(self) -> tuple[Entry, ...]:
        """The violations that nobody answers for."""
        return tuple(entry for entry in self.entries if entry.waiver is None)

    @property
    def waived(self) -> tuple[Entry, ...]:
        """The violations that somebody answers for."""
        return tuple(entry for entry in self.entries if entry.waiver is not None)

    @property
    def summary(self) -> str:
        """One line: what was judged, what was found, and whether the whole was seen."""
        counts = {level: sum(entry.rule.severity == level for entry in self.open) for level in SEVERITIES}
        found = ", ".join(f"{count} {level}" for level, count in counts.items() if count) or "no violation"
        read = ", ".join(f"{source.name} ({source.objects} objects)" for source in self.sources) or "nothing"
        line = f"{found}; {len(self.waived)} waived; {len(self.drift)} drifted; judged: {read}"
        return f"{line}; NOT READ: {', '.join(self.unread)}" if self.unread else line
