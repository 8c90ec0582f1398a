"""What the rules cost: previews with and without the pack, audits, and checkov on the same manifests.

checkov comes from its own locked environment (`uv tool run`): it pins packages that ours do not. Its rules
differ from ours; what is compared is the wait for a verdict about the same objects.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.generate import CHECKOUT
from bench.measure import Sample, once, repeated
from bench.scale import SIZES, generated
from bench.table import Row
from bench.world import World
from delivery.world.rendering import render
from delivery.world.stack_lookup import find_stack, stack_in

CHECKOV = ("uv", "tool", "run", "--from", "checkov==3.3.30", "checkov")
BLUEOCEAN = str(CHECKOUT / ".venv" / "bin" / "blueocean")
PACK = ("--policy-pack", str(CHECKOUT / "policies"))


def rows(world: World, runs: int) -> Iterator[Row]:
    """Our own stacks, then generated ones of each size."""
    once([*CHECKOV, "--version"], world.root, world.env)  # installed before anything is measured
    # Production opens to evidence only; this kind counts in the benchmark's own sandbox, and is replaced by
    # the next `passport --simulate` in another one.
    once([BLUEOCEAN, "passport", "--simulate"], CHECKOUT, world.env)
    own: dict[str, list[dict[str, Any]]] = {}
    for name in ("dev", "staging", "prod"):
        own[name] = render(find_stack(name))
        yield from _previews(world, _Stack(CHECKOUT, name, name, len(own[name])), runs)
    yield from _verdicts(world, "our three stacks", own, runs)
    for size in SIZES:
        folder = generated(world, size, f"policies-{size}")
        manifests = render(stack_in(folder, "dev"))
        yield from _previews(world, _Stack(folder, "dev", f"{size} apps", len(manifests)), runs)
        yield from _verdicts(world, f"{size} apps", {"dev": manifests}, runs)


@dataclass(frozen=True)
class _Stack:
    """A stack to preview: what the table calls it, and how many objects it has."""

    folder: Path
    name: str
    title: str
    objects: int


def _previews(world: World, what: _Stack, runs: int) -> Iterator[Row]:
    once(["pulumi", "stack", "init", what.name, "--non-interactive"], what.folder, world.env)

    def preview(*more: str) -> Sample:
        return world.pulumi(what.folder, "preview", *more, stack=what.name)

    bare, packed = repeated(runs, preview), repeated(runs, lambda: preview(*PACK))
    each = 1000 * (packed.seconds - bare.seconds) / what.objects
    yield Row(f"{what.title}: preview of {what.objects} objects", bare.seconds, bare.peak_mib)
    yield Row(
        f"{what.title}: with the pack ({each:.1f} ms an object)",
        packed.seconds,
        packed.peak_mib,
        packed.seconds / bare.seconds,
        "without it",
    )


def _verdicts(world: World, what: str, stacks: dict[str, list[dict[str, Any]]], runs: int) -> Iterator[Row]:
    """An audit of the states against checkov on the manifests that they hold."""
    folder = world.project(f"manifests-{what.replace(' ', '-')}")
    files = [_state(folder, stack, manifests) for stack, manifests in stacks.items()]
    audit = [BLUEOCEAN, "audit", "--fail-on", "critical", "--format", "json"]
    command = [*audit, *(word for file in files for word in ("--file", str(file)))]
    # A violation is no failure here, but a report that read nothing would be no figure.
    read = r'out=$("$@"); echo "$out" | grep -q "unread.: \[\]" || { echo "$out"; exit 1; }'
    ours = repeated(runs, lambda: once(["sh", "-c", read, "sh", *command], CHECKOUT, world.env))
    scan = [*CHECKOV, "--directory", str(folder / "yaml"), "--framework", "kubernetes"]
    scan += ["--quiet", "--compact", "--soft-fail"]
    theirs = repeated(runs, lambda: once(scan, folder, world.env))
    yield Row(f"{what}: checkov", theirs.seconds, theirs.peak_mib)
    ratio = ours.seconds / theirs.seconds
    yield Row(f"{what}: audit", ours.seconds, ours.peak_mib, ratio, "checkov")


def _state(folder: Path, stack: str, manifests: list[dict[str, Any]]) -> Path:
    """The manifests as an exported state, and as YAML beside it, a file for each namespace."""
    by_namespace: dict[str, list[dict[str, Any]]] = defaultdict(list)
    resources = []
    for number, one in enumerate(manifests):
        namespace = one["metadata"].get("namespace", "cluster")
        by_namespace[namespace].append(one)
        api = one["apiVersion"]
        token = f"kubernetes:{'core/v1' if api == 'v1' else api}:{one['kind']}"
        urn = f"urn:pulumi:{stack}::blueocean::{token}::{number}"
        resources.append({"urn": urn, "custom": True, "id": str(number), "type": token, "inputs": one})
    for namespace, objects in by_namespace.items():
        file = folder / "yaml" / f"{stack}-{namespace}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    state = folder / f"{stack}.json"
    document = {"version": 3, "deployment": {"manifest": {}, "resources": resources}}
    state.write_text(json.dumps(document), encoding="utf-8")
    return state
