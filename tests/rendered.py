"""The stacks of this checkout as they are rendered: a program runs once a worker, not once a module."""

import json
from functools import cache
from typing import Any

from delivery.world.rendering import render
from delivery.world.stack_lookup import find_stack

ELSEWHERE = {"postgresAddress": "db.example.com", "redisAddress": "cache.example.com"}
"""Settings of prod with both databases outside the cluster."""


def rendered(stack: str, **settings: str) -> list[dict[str, Any]]:
    """Every object of the stack with these settings of the project on top; the copy is the caller's own."""
    found: list[dict[str, Any]] = json.loads(_text(stack, tuple(sorted(settings.items()))))
    return found


@cache
def _text(stack: str, settings: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(render(find_stack(stack), dict(settings)))
