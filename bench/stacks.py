"""What each stack costs, against kubectl on the same objects; dev also against a bare program."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.generate import CHECKOUT, always_in_slot
from bench.measure import Sample, median, once
from bench.table import Row
from bench.world import World

QUIET = ("--yes", "--skip-preview")
PREVIEW = "preview"
UP = "up"
NOOP = "up, nothing to do"
REFRESH = "refresh"
APPLY = "kubectl apply --server-side"
DIFF = "kubectl diff"
COMMANDS: dict[str, tuple[str, ...]] = {
    PREVIEW: ("preview",),
    UP: ("up", *QUIET),
    NOOP: ("up", *QUIET),
    REFRESH: ("refresh", *QUIET),
}
BARE = "the bare program"
PROMISED = {PREVIEW: "at most 1.25", UP: "at most 1.25", NOOP: "at most 1.25"}
"""Of the program against the bare one, for dev."""


@dataclass(frozen=True)
class Project:
    """A stack of a project in a folder, and what its program reads from the environment."""

    label: str
    folder: Path
    stack: str
    env: Mapping[str, str] = field(default_factory=dict)


Figures = dict[str, list[Sample]]


def rows(world: World, runs: int) -> Iterator[Row]:
    """Preview, up, no-op up and refresh of every stack.

    dev and the bare program take turns, so that whatever else the machine does meets both.
    """
    yield from _dev(world, runs)
    slots = world.project("slots")
    others = (
        Project("nexia-dev", CHECKOUT / "nexia", "dev"),
        Project("staging", always_in_slot(slots), "staging"),
    )
    for project in others:
        world.make_stack(project.folder, project.stack)
        found = _merged(partial(_round, world, project), runs)
        objects = world.rendered(project.folder, project.stack, project.label)
        yield from _against_kubectl(project, found, _merged(partial(_kubectl, world, objects), runs))


def _dev(world: World, runs: int) -> Iterator[Row]:
    dev = Project("dev", CHECKOUT, "dev")
    objects = world.rendered(dev.folder, dev.stack, dev.label)
    world.make_stack(dev.folder)
    world.pulumi(dev.folder, *COMMANDS[UP])
    counts = _counts(world.resources(dev.folder))
    _destroy(world, dev)
    bare = Project(BARE, _bare(world), "dev", {"BENCH_OBJECTS": str(objects), **counts})
    world.make_stack(bare.folder)
    found: Figures = {}
    base: Figures = {}
    for _ in range(runs):
        _add(found, _round(world, dev))
        _add(base, _round(world, bare))
    for what in COMMANDS:
        of, to = median(found[what]), median(base[what])
        yield _row(f"dev: {what}", of, to, BARE, PROMISED.get(what, ""))
        yield Row(f"{BARE}: {what}", to.seconds, to.peak_mib)
    yield from _against_kubectl(dev, found, _merged(partial(_kubectl, world, objects), runs))


def _against_kubectl(project: Project, found: Figures, kubectl: Figures) -> Iterator[Row]:
    """Apply makes what `up` makes and waits for nothing; diff finds what a no-op `up` finds."""
    apply, diff = median(kubectl[APPLY]), median(kubectl[DIFF])
    for what, to, name in ((PREVIEW, diff, DIFF), (UP, apply, APPLY), (NOOP, diff, DIFF)):
        yield _row(f"{project.label}: {what}", median(found[what]), to, name, "")
    yield Row(f"{project.label}: {APPLY}", apply.seconds, apply.peak_mib)
    yield Row(f"{project.label}: {DIFF}", diff.seconds, diff.peak_mib)


def _round(world: World, project: Project) -> dict[str, Sample]:
    """Every command once, from no stack to no stack."""
    found = {}
    for what, command in COMMANDS.items():
        found[what] = world.pulumi(project.folder, *command, stack=project.stack, more=project.env)
        world.say(f"{project.label}: {what}: {found[what].seconds:.2f} s")
    _destroy(world, project)
    return found


def _destroy(world: World, project: Project) -> None:
    world.pulumi(project.folder, "destroy", *QUIET, stack=project.stack, more=project.env)


def _kubectl(world: World, objects: Path) -> dict[str, Sample]:
    """The rendered objects, namespaces first; they are gone again afterwards."""

    def run(*words: str) -> Sample:
        return once(["kubectl", *words], world.root, world.env)

    spaces = str(objects / "_cluster")
    before = run("apply", "--server-side", "--recursive", "--filename", spaces)
    rest = run("apply", "--server-side", "--recursive", "--filename", str(objects))
    diff = run("diff", "--server-side", "--recursive", "--filename", str(objects))
    run("delete", "--recursive", "--filename", str(objects), "--ignore-not-found", "--wait")
    apply = Sample(before.seconds + rest.seconds, max(before.peak_mib, rest.peak_mib))
    for name, one in ((APPLY, apply), (DIFF, diff)):
        world.say(f"{objects.name}: {name}: {one.seconds:.2f} s")
    return {APPLY: apply, DIFF: diff}


def _merged(once_more: Callable[[], dict[str, Sample]], runs: int) -> Figures:
    found: Figures = {}
    for _ in range(runs):
        _add(found, once_more())
    return found


def _add(found: Figures, one: Mapping[str, Sample]) -> None:
    for what, sample in one.items():
        found.setdefault(what, []).append(sample)


def _row(what: str, measured: Sample, base: Sample, name: str, limit: str) -> Row:
    return Row(what, measured.seconds, measured.peak_mib, measured.seconds / base.seconds, name, limit)


def _bare(world: World) -> Path:
    """The bare program in a folder of its own."""
    folder = world.project("bare")
    shutil.copy(CHECKOUT / "bench" / "bare" / "__main__.py", folder)
    settings = (CHECKOUT / "bench" / "bare" / "Pulumi.yaml").read_text(encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(
        settings.replace("../../.venv", str(CHECKOUT / ".venv")), encoding="utf-8"
    )
    return folder


def _counts(types: Sequence[str]) -> dict[str, str]:
    """How many resources besides the Kubernetes objects the bare program has to register."""
    passwords = sum(one.startswith("random:") for one in types)
    components = sum(one.startswith("blueocean:") for one in types)
    return {"BENCH_PASSWORDS": str(passwords), "BENCH_COMPONENTS": str(components)}
