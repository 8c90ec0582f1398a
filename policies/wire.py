"""How a program talks to the engine: no more than somebody reads, one wait for all answers (ADR 104)."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.runtime import settings, stack
from pulumi.runtime.proto import engine_pb2

from policies.debugging import DEBUG

FRAMES = 12
"""Six are the SDK's own; six of the program's remain: the line that made the resource, and its callers."""


@contextmanager
def innermost_frames() -> Iterator[None]:
    """Within it a resource travels with the innermost `FRAMES` frames of its stack, instead of all.

    The SDK takes the stack by `traceback.extract_stack`, which goes by `sys.tracebacklimit`. That is put back
    before anybody can print a traceback: those stay whole.
    """
    before: int | None = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = FRAMES
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before


def mute() -> None:
    """Keep the SDK's debug messages from the engine for the rest of the run, unless `DEBUG` is set.

    The SDK sends four for each resource and waits for each to arrive; the engine shows them with `--debug`
    only. What the program itself says (info, warning, error) goes through.
    """
    engine = settings.get_engine()
    if engine is not None and not os.environ.get(DEBUG):
        settings.SETTINGS.engine = _Muted(engine)


def settle() -> None:
    """Have the program end with `settled`; where none runs, as in a test, there is nothing to wait for."""
    if isinstance(settings.get_root_resource(), stack.Stack):
        pulumi.run(settled)


async def settled() -> None:
    """Wait until everything that was begun has its answer.

    The SDK does so at a program's end, but waits for the next output, and each time looks at every one of
    them: a fifth of the CPU of a small stack. Raises what a call raised; an output that failed is the SDK's
    to tell, which looks once more.
    """
    await stack.wait_for_rpcs(await_all_outstanding_tasks=False)
    with settings.SETTINGS.lock:
        outputs = list(settings.SETTINGS.outputs)
    if outputs:
        await asyncio.wait(outputs)


class _Muted:
    """The client of the engine without its debug channel."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401  the SDK's, or a test's
        self._engine = engine

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else the client can do
        return getattr(self._engine, name)

    def Log(self, request: Any) -> Any:  # noqa: N802, ANN401  the interface's name and types
        return None if request.severity == engine_pb2.DEBUG else self._engine.Log(request)
