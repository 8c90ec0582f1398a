"""A production stack by the real engine, on a copy of programs and data, in the worker's sandbox."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from bench.generate import copy_program
from catalogue.models.quantity import amount
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in
from policies.objects import Object as Rendered
from tests.commands import QUIET, Done, run
from tests.conftest import FINAL_STATE_ONLY, RunningSandbox
from tests.policies.policy_release import promote
from tests.promotion.promotion_release import Release

CHECKOUT = Path(__file__).resolve().parents[2]
Object = dict[str, Any]


class Stack:
    """The stack `prod` of a project; `folder` is the project's, empty for the apps'."""

    def __init__(self, root: Path, sandbox: RunningSandbox, folder: str, *, shipped: bool = False) -> None:
        """`shipped` leaves its settings as they are in the repository, registry and build room with them."""
        self.root, self.sandbox, self.folder = root, sandbox, root / folder
        self.intact = False
        copy_program(root)
        self.run(["pulumi", "stack", "init", "prod", "--non-interactive"])
        if not folder:
            if not shipped:  # the registry and the build room have tests of their own
                self.run(["pulumi", "config", "set", "workshop", "false", "--stack", "prod"])
            self.promote()

    def promote(
        self,
        change: Mapping[str, str | Callable[[Release], Release]] | None = None,
        now: datetime | None = None,
    ) -> None:
        """Write a passport for what the copy renders now, accepted but for `change`; see `policy_release`."""
        promote(self.root, rendered(self.root, self.folder), now or datetime.now(UTC), change or {})

    def run(self, command: list[str], code: int | None = 0) -> Done:
        """Run a command in the project's folder and check its exit code (None: any)."""
        return run(command, self.folder, self.sandbox.env | FINAL_STATE_ONLY, code)

    def pulumi(self, *words: str, code: int | None = 0) -> Done:
        """Run the engine on the stack."""
        return self.run(["pulumi", *words, "--stack", "prod"], code)

    def refused(self, *words: str) -> str:
        """Run what the engine has to refuse, and return what it says."""
        done = self.pulumi(*words, code=None)
        assert done.returncode, done.stdout
        return done.stdout + done.stderr

    def up(self, *words: str) -> Done:
        """Bring the stack up."""
        return self.pulumi("up", *QUIET, *words)

    def kubectl(self, *words: str, code: int | None = 0) -> str:
        """Return what kubectl prints."""
        done = self.run(["kubectl", *words], code)
        return done.stdout + done.stderr

    def get(self, *words: str) -> Object:
        """Return objects of the cluster."""
        return self.sandbox.cluster.get(*words)

    def live(self, kinds: str) -> list[Object]:
        """Return the stack's objects of these kinds (kubectl's names, joined by commas)."""
        label = f"--selector=blueocean.io/stack={self.project}.prod"
        found: list[Object] = self.get(kinds, "--all-namespaces", label)["items"]
        return [one for one in found if not one["metadata"].get("ownerReferences")]

    @property
    def project(self) -> str:
        """The project's name."""
        return "nexia" if self.folder.name == "nexia" else "blueocean"


_RENDERED: dict[str, list[Rendered]] = {}


def rendered(root: Path, folder: Path) -> list[Rendered]:
    """What production of the project in `folder` renders. Two seconds, so once for each content of the data.

    Evidence is no part of it: rendering asks no gate.
    """
    digest = hashlib.sha256(str(folder.relative_to(root)).encode())
    for file in sorted(set(root.glob("**/*.yaml")) - {root / "releases/trust.yaml"}):
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    key = digest.hexdigest()
    if key not in _RENDERED:
        _RENDERED[key] = [Rendered(one) for one in render(stack_in(folder, "prod"))]
    return _RENDERED[key]


def autoscaled(stack: Stack) -> bool:
    """Whether every autoscaler has lifted its Deployment to its fewest pods, some seconds after an update."""
    counts = {
        (one["metadata"]["namespace"], one["metadata"]["name"]): one["spec"]["replicas"]
        for one in stack.live("deployments")
    }
    return all(
        counts[one["metadata"]["namespace"], one["spec"]["scaleTargetRef"]["name"]]
        >= one["spec"]["minReplicas"]
        for one in stack.live("horizontalpodautoscalers")
    )


def same(size: tuple[str, str]) -> tuple[Decimal, Decimal]:
    """Memory and CPU by value: the API server writes 1000m as 1, and 1.5Gi as 1536Mi."""
    memory, cpu = size
    return amount(memory), amount(cpu)


def sizes(resources: Object) -> tuple[tuple[Decimal, Decimal], ...]:
    """Requests and limits of a container, memory and CPU each."""
    return tuple(same((resources[part]["memory"], resources[part]["cpu"])) for part in ("requests", "limits"))


@contextmanager
def watched(sample: Callable[[], int], seconds: float = 0.05) -> Iterator[list[int]]:
    """Take samples, `seconds` apart, while something else goes on; what is yielded is complete afterwards."""
    stop, taken = threading.Event(), [sample()]

    def take() -> None:
        while not stop.wait(seconds):
            taken.append(sample())

    thread = threading.Thread(target=take)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()


@contextmanager
def released(prod: Stack, images: Iterable[str], image: str) -> Iterator[None]:
    """The next release of an app with these images, accepted, one of them another; the old one afterwards."""
    file = prod.root / "releases" / "prod.yaml"
    before = file.read_text()
    release = yaml.safe_load(before)
    release["images"][image]["digest"] = "sha256:" + "7" * 64
    for name in images:  # a release is all of an app's images
        release["images"][name]["tag"] = "0.2.0"
    file.write_text(yaml.safe_dump(release))
    prod.promote()
    try:
        yield
    finally:
        file.write_text(before)
        prod.promote()


def image_of(live: Object) -> str:
    """What the only container of a Deployment's spec runs."""
    (container,) = live["template"]["spec"]["containers"]
    found: str = container["image"]
    return found
