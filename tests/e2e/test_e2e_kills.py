"""Twenty engines killed at random points with objects in flight; each stack comes back by recover and up."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.commands import QUIET
from tests.e2e.harness import Checkout, identity, kill, mark, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(1200)]

SEED = 20261123
STACK = "dev"
# A stack of one app: made from nothing, changed, taken down. Longest delay after the first object is in
# flight, in seconds, measured on two busy cores.
ROUNDS = [("create", 3.0), ("update", 0.8), ("destroy", 2.0), ("update", 0.8), ("update", 0.8)] * 4


@pytest.fixture
def alone(checkout: Checkout) -> Iterator[Checkout]:
    """The copy with one app, whose release a round may change; put back at the end."""
    release = checkout.root / "releases/dev.yaml"
    before = release.read_text(encoding="utf-8")
    checkout.hold("kvibe")
    checkout.changed(STACK)
    yield checkout
    release.write_text(before, encoding="utf-8")


def killed(checkout: Checkout, operation: str, delay: float) -> int:
    """Kill an engine `delay` seconds after the first object is in flight; return how many then were."""
    word = "destroy" if operation == "destroy" else "up"
    engine = checkout.start(STACK, word, *QUIET)
    assert until(lambda: checkout.pending(STACK) or engine.poll() is not None, 60)
    time.sleep(delay)
    until(lambda: checkout.pending(STACK) or engine.poll() is not None, 10, 0.01)
    kill(engine)
    return len(checkout.pending(STACK))


def prepare(checkout: Checkout, operation: str, number: int) -> None:
    """Leave the stack so that the operation has something to do."""
    if operation == "create":
        checkout.pulumi(STACK, "destroy", *QUIET)
    if operation == "update":
        release = checkout.root / "releases/dev.yaml"
        lines = release.read_text(encoding="utf-8").splitlines()
        changed = [f"    tag: 0.2.{number}" if "tag:" in line else line for line in lines]
        release.write_text("\n".join(changed) + "\n", encoding="utf-8")


def check_whole(checkout: Checkout) -> None:
    """No orphan, no duplicate, nothing missing, no lock, nothing pending, no plugin."""
    resources = checkout.latest(STACK)["resources"]
    urns = [item["urn"] for item in resources]
    live = checkout.objects(STACK)
    assert len(set(urns)) == len(urns)
    assert sorted(mark(item) for item in live) == sorted(
        item["urn"] for item in resources if item["type"].startswith("kubernetes:")
    )
    assert len({identity(item) for item in live}) == len(live)
    assert checkout.pending(STACK) == []
    assert checkout.locks(STACK) == []
    assert until(lambda: not checkout.plugins(), 10)


def test_twenty_kills_and_every_one_comes_back(alone: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)  # noqa: S311  reproducible, not secret
    alone.pulumi(STACK, "up", *QUIET)
    report = []
    for number, (operation, longest) in enumerate(ROUNDS):
        in_flight, began = 0, time.monotonic()
        for attempt in range(4):  # a kill that came too late is no kill: try earlier
            prepare(alone, operation, 10 * number + attempt)
            in_flight = killed(alone, operation, chance.uniform(0, longest / 2**attempt))
            said = alone.recover(STACK).stdout
            if in_flight:
                break
            alone.pulumi(STACK, "up", *QUIET)
        assert in_flight, f"round {number}: {operation} was never caught with an object in flight"
        assert "lock of" in said
        assert alone.pending(STACK) == []
        alone.pulumi(STACK, "up", *QUIET)
        check_whole(alone)
        report.append(f"{operation} {in_flight} ({time.monotonic() - began:.0f} s)")
    with capsys.disabled():
        print(f"\nseed {SEED}: {len(report)} kills, objects in flight: {', '.join(report)}")  # noqa: T201  the seed
    alone.pulumi(STACK, "up", *QUIET, "--expect-no-changes")
    alone.pulumi(STACK, "refresh", *QUIET, "--expect-no-changes")
    assert len(report) == 20
