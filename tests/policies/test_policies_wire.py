"""What travels beside the resources: the program's own call stack and what it says; tracebacks stay whole."""

import asyncio
import contextvars
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.stack import Stack

from delivery.world.stack_lookup import CHECKOUT
from policies import rehearsal
from policies.entrance import enter
from policies.wire import innermost_frames, mute, settled
from tests.policies.test_policies_entrance import estate


def deep(levels: int) -> list[str]:
    return deep(levels - 1) if levels else [frame.name for frame in traceback.extract_stack()]


def failing(levels: int) -> None:
    if not levels:
        raise ValueError("at the bottom")
    failing(levels - 1)


def test_the_innermost_are_kept() -> None:
    with innermost_frames():
        assert deep(20) == ["deep"] * 12
    assert len(deep(20)) > 20


def test_a_traceback_is_whole_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "tracebacklimit", raising=False)
    with pytest.raises(ValueError, match="bottom") as failed, innermost_frames():
        failing(20)
    assert not hasattr(sys, "tracebacklimit")
    assert len(traceback.extract_tb(failed.value.__traceback__)) == 22


def test_who_limits_tracebacks_finds_the_limit_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 7, raising=False)
    with innermost_frames():
        pass
    assert sys.tracebacklimit == 7


def test_a_resource_says_which_line_of_ours_made_it_and_who_called_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the 26 frames that the SDK would send, the others are its own, asyncio's and the language host's."""
    seen: list[list[str]] = []
    real = rehearsal._Recorder.RegisterResource

    def register(recorder: Any, request: Any) -> Any:  # noqa: ANN401  the SDK's untyped messages
        seen.append([frame.pc.uri for frame in request.stackTrace.frames])
        return real(recorder, request)

    monkeypatch.setattr(rehearsal._Recorder, "RegisterResource", register)
    whole = estate("dev")
    rehearsal.rehearse(lambda: enter(whole.make, whole.apps, CHECKOUT, datetime.now(UTC)), "blueocean", "dev")
    ours = (CHECKOUT / "components").as_uri()
    # The first is the stack, which nobody of ours makes.
    assert [frames for frames in seen[1:] if not any(one.startswith(ours) for one in frames[:3])] == []
    assert {len(frames) for frames in seen[1:]} == {6, 7}
    assert len(seen) > 100


class Engine:
    """The engine's client, as far as programs talk to it."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def Log(self, request: Any) -> None:  # noqa: N802, ANN401  the interface's name and types
        self.heard.append(request.message)

    def RequirePulumiVersion(self, wanted: str) -> str:  # noqa: N802  the interface's name
        return wanted


def talk() -> None:
    for say in (pulumi.log.debug, pulumi.log.info, pulumi.log.warn, pulumi.log.error):
        say(say.__name__)


@pytest.mark.parametrize(
    ("setting", "heard"),
    [({}, ["info", "warn", "error"]), ({"BLUEOCEAN_DEBUG": "1"}, ["debug", "info", "warn", "error"])],
    ids=["as it is", "asked for"],
)
def test_the_engine_hears_all_but_the_sdks_debug_messages(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], heard: list[str]
) -> None:
    monkeypatch.delenv("BLUEOCEAN_DEBUG", raising=False)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    engine = Engine()

    async def program() -> None:
        settings.Settings("blueocean", "dev", engine=engine)
        settings.set_root_resource(None)  # type: ignore[arg-type]  # other tests leave one
        enter(talk, (), CHECKOUT, datetime.now(UTC))
        assert settings.SETTINGS.engine
        assert settings.SETTINGS.engine.RequirePulumiVersion("3") == "3"

    contextvars.copy_context().run(asyncio.run, program())
    assert engine.heard == heard


def test_without_an_engine_there_is_nobody_to_mute() -> None:
    async def program() -> None:
        settings.Settings("blueocean", "dev")
        mute()
        assert settings.get_engine() is None

    contextvars.copy_context().run(asyncio.run, program())


def test_a_program_ends_with_one_wait_for_all_answers() -> None:
    """Registered as the SDK has it, with the stack: once, and only where a program runs."""
    taken: list[object] = []

    def make() -> None:
        enter(lambda: None, (), CHECKOUT, datetime.now(UTC))
        root = settings.get_root_resource()
        assert isinstance(root, Stack)
        taken.append(root._take_async_program())

    rehearsal.rehearse(make, "blueocean", "dev")
    assert taken == [settled]


def test_it_waits_until_all_are_there_whether_they_failed_or_not() -> None:
    async def program() -> list[bool]:
        settings.Settings("blueocean", "dev")
        loop = asyncio.get_running_loop()
        outputs = [loop.create_future() for _ in range(3)]
        settings.SETTINGS.outputs.update(outputs)
        first, failing, last = outputs
        loop.call_later(0.01, first.set_result, None)
        loop.call_later(0.02, failing.set_exception, ValueError("told by the SDK"))
        loop.call_later(0.03, last.set_result, None)
        await settled()
        return [output.done() for output in outputs]

    assert contextvars.copy_context().run(asyncio.run, program()) == [True] * 3
