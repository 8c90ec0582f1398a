"""No app's keys lie among another's."""

from collections.abc import Iterator
from itertools import permutations

from catalogue.problem import Problem
from catalogue.source import Sources


def check_prefixes(sources: Sources) -> Iterator[Problem]:
    """`shop` and `shop:dev` clash: the keys `shop:dev:…` would be both's. Equal ones are check_unique's."""
    for inner, outer in permutations(sources.everyone(), 2):
        mine, other = inner.model.data.key_prefix, outer.model.data.key_prefix
        if mine.startswith(f"{other}:"):
            message = f"lies within the keys of {outer.model.name}, whose prefix is {other}"
            yield inner.problem(("data", "key_prefix"), message, "start it with another word")
