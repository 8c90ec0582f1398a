"""What each stack costs, against kubectl on the same objects; dev also against a bare program."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.generate import CHECKOUT, always_in_slot
from bench.measure import Sample, median, once
from bench.objects import Objects, write_objects
from bench.production import cancel_registry, let_in, unprotect
from bench.table import Limit, Row
from bench.world import World
from bench.world import world as one_more

QUIET = ("--yes", "--skip-preview")
PREVIEW = "preview"
UP = "up"
NOOP = "up, nothing to do"
REFRESH = "refresh"
APPLY = "kubectl apply --server-side"
FRESH, DIFF = "kubectl diff before the apply", "kubectl diff after it"
COMMANDS: dict[str, tuple[str, ...]] = {
    PREVIEW: ("preview",),
    UP: ("up", *QUIET, "--suppress-outputs"),
    NOOP: ("up", *QUIET, "--suppress-outputs"),
    REFRESH: ("refresh", *QUIET),
}
DIFFERENT = 1
"""How kubectl diff ends when there are differences."""
BARE = "the bare program"
PROMISED = {what: Limit("ratio", 1.25) for what in (PREVIEW, UP, NOOP)}
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
    """Preview, up, no-op up and refresh of every stack, against kubectl; dev against the bare program too."""
    yield from _dev(world, runs)
    slots = world.project("slots")
    others = (
        Project("nexia-dev", CHECKOUT / "nexia", "dev"),
        Project("staging", always_in_slot(slots), "staging"),
        Project("prod", slots, "prod"),
        Project("nexia-prod", slots / "nexia", "prod"),
    )
    let_in(world, slots)
    for project in others:
        objects = _objects(world, project)
        found = _merged(partial(_round, world, project), runs)
        yield from _against_kubectl(project, found, _merged(partial(_kubectl, world, objects), runs))


def _dev(world: World, runs: int) -> Iterator[Row]:
    dev = Project("dev", CHECKOUT, "dev")
    objects = _objects(world, dev)
    found, base = _in_turns(world, dev, objects, runs)
    for what in COMMANDS:
        of, to = median(found[what]), median(base[what])
        yield _row(f"dev: {what}", of, to, BARE, PROMISED.get(what))
        yield Row(f"{BARE}: {what}", to.seconds, to.peak_mib)
    yield from _against_kubectl(dev, found, _merged(partial(_kubectl, world, objects), runs))


def _in_turns(world: World, dev: Project, objects: Objects, runs: int) -> tuple[Figures, Figures]:
    """Ask dev and the bare program by turns: whatever else the machine does meets both.

    Each has a sandbox of its own, for they make the same objects.
    """
    found: Figures = {}
    base: Figures = {}
    with one_more() as beside:
        bare = Project(BARE, _bare(beside), "dev", _env(objects))
        beside.make_stack(bare.folder)
        for _ in range(runs):
            for what in COMMANDS:
                _add(found, {what: _once(world, dev, what)})
                _add(base, {what: _once(beside, bare, what)})
            _destroy(world, dev)
            _destroy(beside, bare)
    return found, base


def _against_kubectl(project: Project, found: Figures, kubectl: Figures) -> Iterator[Row]:
    """Like with like: a preview is of no stack, and so is the first diff; a no-op `up` finds nothing to do.

    Apply makes what `up` makes, but waits for nothing.
    """
    for what, name in ((PREVIEW, FRESH), (UP, APPLY), (NOOP, DIFF)):
        to = median(kubectl[name])
        yield _row(f"{project.label}: {what}", median(found[what]), to, name)
    for name in (FRESH, APPLY, DIFF):
        found_alone = median(kubectl[name])
        yield Row(f"{project.label}: {name}", found_alone.seconds, found_alone.peak_mib)


def _objects(world: World, project: Project) -> Objects:
    """Make the stack and bring it up once, not measured, to see what it holds."""
    world.make_stack(project.folder, project.stack)
    world.pulumi(project.folder, *COMMANDS[UP], stack=project.stack)
    found = write_objects(world.state(project.folder, project.stack), world.root / "objects" / project.label)
    _destroy(world, project)
    return found


def _round(world: World, project: Project) -> dict[str, Sample]:
    """Every command once, from no stack to no stack."""
    found = {what: _once(world, project, what) for what in COMMANDS}
    _destroy(world, project)
    return found


def _once(world: World, project: Project, what: str) -> Sample:
    found = world.pulumi(project.folder, *COMMANDS[what], stack=project.stack, more=project.env)
    world.say(f"{project.label}: {what}: {found.seconds:.2f} s")
    return found


def _destroy(world: World, project: Project) -> None:
    if project.stack == "prod":
        unprotect(world, project.folder, project.stack)
    world.pulumi(project.folder, "destroy", *QUIET, stack=project.stack, more=project.env)
    if project.stack == "prod":
        cancel_registry(world)


def _kubectl(world: World, objects: Objects) -> dict[str, Sample]:
    """The same objects, namespaces first; they are gone again afterwards.

    The server tries nothing in a namespace that isn't there: the first diff finds the namespaces made, and
    everything else missing.
    """

    def run(*words: str, folder: Path = objects.manifests, code: int = 0) -> Sample:
        command = ["kubectl", *words, "--recursive", "--filename", str(folder)]
        return once(command, world.root, world.env, code=code)

    before = run("apply", "--server-side", folder=objects.spaces)
    fresh = run("diff", "--server-side", code=DIFFERENT)
    rest = run("apply", "--server-side")
    _settle(world)
    diff = run("diff", "--server-side")
    run("delete", "--ignore-not-found", "--wait")
    apply = Sample(before.seconds + rest.seconds, max(before.peak_mib, rest.peak_mib))
    found = {FRESH: fresh, APPLY: apply, DIFF: diff}
    for name, one in found.items():
        world.say(f"{name}: {one.seconds:.2f} s")
    return found


def _settle(world: World) -> None:
    """Wait until nothing moves any more: a diff tells what the status of a Job has become meanwhile."""
    for kind, condition in (("jobs", "Complete"), ("deployments", "Available")):
        words = ("--all", "--all-namespaces", f"--for=condition={condition}", "--timeout=120s")
        once(["kubectl", "wait", kind, *words], world.root, world.env)


def _merged(once_more: Callable[[], dict[str, Sample]], runs: int) -> Figures:
    found: Figures = {}
    for _ in range(runs):
        _add(found, once_more())
    return found


def _add(found: Figures, one: Mapping[str, Sample]) -> None:
    for what, sample in one.items():
        found.setdefault(what, []).append(sample)


def _row(what: str, measured: Sample, base: Sample, name: str, limit: Limit | None = None) -> Row:
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


def _env(objects: Objects) -> dict[str, str]:
    return {
        "BENCH_OBJECTS": str(objects.list),
        "BENCH_PASSWORDS": str(objects.passwords),
        "BENCH_COMPONENTS": str(objects.components),
    }
