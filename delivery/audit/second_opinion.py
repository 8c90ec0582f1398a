"""What the engine itself says about a state, held against what the audit found. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from delivery.audit.report import Entry

_RULE = re.compile(r"\[([a-z0-9-]+)\] \(")


def disagreements(stack: str, entries: Iterable[Entry], events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One sentence for each rule of which engine and audit count other violations in the stack's state."""
    ours = Counter(entry.rule.id for entry in entries if entry.source == f"state {stack}")
    theirs = Counter(_rule(str(event.get("message"))) for event in events)
    for rule in sorted(set(ours) | set(theirs)):
        if ours[rule] != theirs[rule]:
            counts = f"{theirs[rule]} times by the engine, {ours[rule]} times by the audit"
            yield f"engine and audit disagree about {stack}: {rule} is broken {counts}"


def _rule(message: str) -> str:
    found = _RULE.search(message)
    return found[1] if found else "an unknown rule"
