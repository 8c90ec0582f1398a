"""The shared staging has at most one owner at any time."""

from collections.abc import Iterator
from itertools import combinations

from catalogue.problem import Problem
from catalogue.source import Sources


def check_slots(sources: Sources) -> Iterator[Problem]:
    """Slots run forwards, within one day, and don't overlap."""
    holders = [(source, source.model.slot) for source in sources.everyone() if source.model.slot]
    for source, slot in holders:
        if slot.start >= slot.end:
            yield source.problem(("slot",), f"{slot} ends before it has begun", "let start come before end")
    for (first, one), (second, other) in combinations(holders, 2):
        if one.overlaps(other):
            message = f"{other} overlaps {one}, the slot of {first.model.name} ({first.document.file})"
            yield second.problem(("slot",), message, "move one of them; slots may touch but not overlap")
