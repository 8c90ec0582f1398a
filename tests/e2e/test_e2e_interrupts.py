"""An update that is interrupted gently, and updates that come at the same time."""

import signal
from collections.abc import Iterator

import pytest

from tests.commands import QUIET
from tests.e2e.harness import LIMIT, Checkout, until

pytestmark = pytest.mark.sandbox

STACK = "nexia-dev"


@pytest.fixture
def changed(stacks: Checkout) -> Iterator[Checkout]:
    """A stack with something to do; its release is put back at the end."""
    release = stacks.root / "releases/nexia-dev.yaml"
    before = release.read_text(encoding="utf-8")
    release.write_text(before.replace("tag: 0.1.0", "tag: 0.3.0"), encoding="utf-8")
    stacks.changed(STACK)
    yield stacks
    release.write_text(before, encoding="utf-8")


def test_ctrl_c_once_releases_the_lock_and_the_next_up_goes_on(changed: Checkout) -> None:
    engine = changed.start(STACK, "up", *QUIET)
    assert until(lambda: changed.pending(STACK), 60, 0.01)
    engine.send_signal(signal.SIGINT)
    output, _ = engine.communicate(timeout=LIMIT)
    assert engine.returncode not in {0, -signal.SIGINT}, output
    assert changed.locks(STACK) == []
    assert until(lambda: not changed.plugins(), 10)
    changed.pulumi(STACK, "up", *QUIET)
    assert changed.pending(STACK) == []
    changed.pulumi(STACK, "up", *QUIET, "--expect-no-changes")


def test_of_three_bare_updates_at_once_at_most_one_proceeds_and_none_hurts_another(
    changed: Checkout,
) -> None:
    """The engine's lock is a file: each may meet the other's and give way, so that none proceeds (ADR 90).

    That exactly one of three `blueocean up` proceeds is shown in test_e2e_make_up.py.
    """
    engines = [changed.start(STACK, "up", *QUIET) for _ in range(3)]
    ends = [(engine.communicate(timeout=LIMIT)[0], engine.returncode) for engine in engines]
    proceeded = [output for output, code in ends if code == 0]
    refused = [output for output, code in ends if code != 0]
    assert len(proceeded) <= 1, ends
    # The engine names the locks that it meets, or the one that went away while it read it; of one that is
    # only half written it says nothing but that.
    words = (".pulumi/locks/", "error: unexpected end of JSON input")
    assert all(any(word in output for word in words) for output in refused), refused
    assert (changed.locks(STACK), changed.pending(STACK)) == ([], [])
    changed.pulumi(STACK, "up", *QUIET, *(["--expect-no-changes"] if proceeded else []))
    changed.pulumi(STACK, "refresh", *QUIET, "--expect-no-changes")


def test_recover_leaves_a_running_update_alone(changed: Checkout) -> None:
    engine = changed.start(STACK, "up", *QUIET)
    assert until(lambda: changed.locks(STACK), 60, 0.01)
    engine.send_signal(signal.SIGSTOP)  # else it may be through before recover has even started
    try:
        done = changed.recover(STACK, "--yes", code=None)
    finally:
        engine.send_signal(signal.SIGCONT)
    output, _ = engine.communicate(timeout=LIMIT)
    assert engine.returncode == 0, output
    assert done.returncode == 6
    assert f"pid {engine.pid}" in done.stderr
