"""Twenty engines killed at random points with objects in flight; each stack comes back by recover and up."""

import json
import os
import random
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

import pytest

from tests.commands import QUIET
from tests.e2e.harness import Checkout, identity, kill, mark, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(1200)]

SEED = int(os.environ.get("BLUEOCEAN_KILLS_SEED", "20261123"))
STACK = "dev"
RELEASES = ("releases/dev.yaml", "releases/nexia-dev.yaml")


class Round(NamedTuple):
    """One kill. `longest` is the longest delay after the first object is in flight, in seconds, measured on
    two busy cores.
    """

    operation: str
    longest: float
    stack: str = STACK

    @property
    def api(self) -> int:
        """The dev port of a component with database and cache."""
        return 7006 if self.stack == STACK else 7011


# A stack of one app: made from nothing, changed, taken down. And NEXIA's, with its five components.
ROUNDS = [
    *[Round("create", 3.0), Round("update", 0.8), Round("destroy", 2.0), Round("update", 0.8)] * 4,
    *[Round("update", 0.8)] * 2,
    *[Round("create", 5.0, "nexia-dev"), Round("update", 1.5, "nexia-dev")],
]


@pytest.fixture
def alone(checkout: Checkout) -> Iterator[Checkout]:
    """The copy with one app, whose release a round may change, as NEXIA's; both are put back at the end."""
    before = {name: (checkout.root / name).read_text(encoding="utf-8") for name in RELEASES}
    checkout.hold("kvibe")
    checkout.changed(STACK, "nexia-dev")
    yield checkout
    for name, text in before.items():
        (checkout.root / name).write_text(text, encoding="utf-8")


def killed(checkout: Checkout, one: Round, delay: float) -> int:
    """Kill an engine `delay` seconds after the first object is in flight; return how many then were."""
    word = "destroy" if one.operation == "destroy" else "up"
    engine = checkout.start(one.stack, word, *QUIET)
    assert until(lambda: checkout.pending(one.stack) or engine.poll() is not None, 60)
    time.sleep(delay)
    until(lambda: checkout.pending(one.stack) or engine.poll() is not None, 10, 0.01)
    kill(engine)
    return len(checkout.pending(one.stack))


def prepare(checkout: Checkout, one: Round, number: int) -> None:
    """Leave the stack so that the operation has something to do."""
    if one.operation == "create":
        checkout.pulumi(one.stack, "destroy", *QUIET)
    if one.operation == "update":
        release = checkout.root / f"releases/{one.stack}.yaml"
        lines = release.read_text(encoding="utf-8").splitlines()
        changed = [f"    tag: 0.2.{number}" if "tag:" in line else line for line in lines]
        release.write_text("\n".join(changed) + "\n", encoding="utf-8")


def healthy(checkout: Checkout, port: int) -> bool:
    """Whether the app's own credentials open its database and its cache."""
    status, text = checkout.get(port, "/api/health")
    return status == HTTPStatus.OK and json.loads(text)["checks"] == {"database": "ok", "cache": "ok"}


def check_whole(checkout: Checkout, one: Round) -> None:
    """One live object for each that the state holds, under its name, and no other with the stack's mark.

    So there is no orphan, no duplicate, nothing missing. No lock, nothing pending, no plugin; and no password
    of a tenant got lost.
    """
    resources = checkout.latest(one.stack)["resources"]
    urns = [item["urn"] for item in resources]
    assert len(set(urns)) == len(urns)
    held = [item for item in resources if item["type"].startswith("kubernetes:")]
    assert sorted((mark(item), identity(item)) for item in checkout.objects(one.stack)) == sorted(
        (item["urn"], identity(item["outputs"])) for item in held
    )
    assert checkout.pending(one.stack) == []
    assert checkout.locks(one.stack) == []
    assert until(lambda: not checkout.plugins(), 10)
    assert until(lambda: healthy(checkout, one.api), 60)


def test_twenty_kills_and_every_one_comes_back(alone: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)  # noqa: S311  reproducible, not secret
    with capsys.disabled():
        print(f"\nseed {SEED}; another one: BLUEOCEAN_KILLS_SEED")  # noqa: T201  also where a round fails
    alone.pulumi(STACK, "up", *QUIET)
    report = []
    for number, one in enumerate(ROUNDS):
        in_flight, began = 0, time.monotonic()
        for attempt in range(4):  # a kill that came too late is no kill: try earlier
            prepare(alone, one, 10 * number + attempt)
            in_flight = killed(alone, one, chance.uniform(0, one.longest / 2**attempt))
            said = alone.recover(one.stack).stdout
            if in_flight:
                break
            alone.pulumi(one.stack, "up", *QUIET)
        assert in_flight, f"round {number}: {one} was never caught with an object in flight"
        assert "lock of" in said
        assert alone.pending(one.stack) == []
        alone.pulumi(one.stack, "up", *QUIET)
        check_whole(alone, one)
        took = time.monotonic() - began
        report.append(f"{one.stack} {one.operation} {in_flight} ({took:.0f} s)")
    with capsys.disabled():
        print(f"\nseed {SEED}: {len(report)} kills, objects in flight: {', '.join(report)}")  # noqa: T201  the seed
    alone.pulumi(STACK, "up", *QUIET, "--expect-no-changes")
    alone.pulumi(STACK, "refresh", *QUIET, "--expect-no-changes")
    assert len(report) == 20
