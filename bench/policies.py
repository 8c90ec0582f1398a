"""What the rules cost: previews and analyses with and without the pack, audits, and checkov beside them.

checkov comes from its own locked environment (`uv tool run`): it pins packages that ours do not. Its rules
differ from ours; what is compared is the wait for a verdict about the same objects.

A preview asks the program too, which grows with the apps on its own account. So the pack's cost at 4, 40 and
400 apps is told by `pulumi policy analyze` over a state, against the same with a pack that has no rules.
"""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from bench.generate import CHECKOUT, FIRST_PORT
from bench.measure import Sample, in_turns, once
from bench.scale import SIZES, generated
from bench.table import Row
from bench.world import World
from delivery.world.rendering import render
from delivery.world.stack_lookup import find_stack, stack_in

Manifest = dict[str, Any]
CHECKOV = (str(CHECKOUT / "scripts" / "uv"), "tool", "run", "--from", "checkov==3.3.30", "checkov")
BLUEOCEAN = str(CHECKOUT / ".venv" / "bin" / "blueocean")
RULES = CHECKOUT / "policies"
OUR_STACKS = ("dev", "staging", "prod", "nexia-dev", "nexia-prod")
ASKED = '"$@" >"$OUT" 2>&1 || grep -q "$EXPECTED" "$OUT" || { tail -n 40 "$OUT"; exit 1; }'
PATIENCE = 600  # seconds; checkov's wait grows with the square of the objects
NO_RULES = """
from pulumi_policy import PolicyPack, StackValidationPolicy

# The SDK refuses a pack without a policy.
SILENT = StackValidationPolicy("silent", "Looks at everything, says nothing.", lambda _stack, _report: None)
PolicyPack(name="silent", policies=[SILENT])
"""


def rows(world: World, runs: int) -> Iterator[Row]:
    """Our own stacks, then states of generated apps at each size."""
    once([*CHECKOV, "--version"], world.root, world.env)  # installed before anything is measured
    # Production opens to evidence only; this kind counts in the benchmark's own sandbox, and is replaced by
    # the next `passport --simulate` in another one.
    once([BLUEOCEAN, "passport", "--simulate"], CHECKOUT, world.env)
    bench = _Bench(world, runs, _empty_pack(world))
    own = {name: render(find_stack(name)) for name in OUR_STACKS}
    for name, manifests in own.items():
        yield from bench.previews(name, len(manifests))
    yield from bench.verdicts(f"our {len(own)} stacks", own)
    for size, manifests in _states(world).items():
        yield from bench.analyses(f"{size} apps", manifests)
        yield from bench.verdicts(f"{size} apps", {"dev": manifests})


@dataclass(frozen=True)
class _Bench:
    """Where and how often it is measured; `empty` is a pack without rules."""

    world: World
    runs: int
    empty: Path

    def previews(self, name: str, objects: int) -> Iterator[Row]:
        """A preview of one of our own stacks, without the pack and with it."""
        ref = find_stack(name)
        self.world.make_stack(ref.folder, ref.stack)
        command = ["pulumi", "preview", "--non-interactive", "--stack", ref.stack]
        bare, packed = self._asked(ref.folder, command, [*command, "--policy-pack", str(RULES)])
        yield Row(f"{name}: preview of {objects} objects", bare.seconds, bare.peak_mib)
        yield _against(f"{name}: with the pack", packed, bare, objects, "without it")

    def analyses(self, what: str, manifests: list[Manifest]) -> Iterator[Row]:
        """The engine over a state, with a pack of no rules and with ours."""
        folder = self.world.project(f"state-{what.replace(' ', '-')}")
        state = _state(folder, "dev", manifests)
        command = ["pulumi", "policy", "analyze", "--json", "--file", str(state), "--policy-pack"]
        bare, packed = self._asked(folder, [*command, str(self.empty)], [*command, str(RULES)])
        yield Row(f"{what}: analysis of {len(manifests)} objects without rules", bare.seconds, bare.peak_mib)
        yield _against(f"{what}: analysis with the pack", packed, bare, len(manifests), "without rules")

    def verdicts(self, what: str, stacks: dict[str, list[Manifest]]) -> Iterator[Row]:
        """An audit of the states, and checkov on the manifests that they hold."""
        folder = self.world.project(f"manifests-{what.replace(' ', '-')}")
        files = [_state(folder, stack, manifests) for stack, manifests in stacks.items()]
        objects = sum(map(len, stacks.values()))
        audit = [BLUEOCEAN, "audit", "--fail-on", "critical", "--format", "json"]
        command = [*audit, *(word for file in files for word in ("--file", str(file)))]
        # A violation is no failure here, but a report that read nothing would be no figure.
        (ours,) = self._asked(CHECKOUT, command, expected='"unread": \\[\\]')
        yield Row(f"{what}: audit of {objects} objects", ours.seconds, ours.peak_mib)
        scan = [*CHECKOV, "--directory", str(folder / "yaml"), "--framework", "kubernetes"]
        scan += ["--quiet", "--compact", "--soft-fail"]
        try:
            (theirs,) = self._asked(folder, scan)
            title = "checkov"
        except subprocess.TimeoutExpired as late:
            theirs = Sample(late.timeout, 0)
            title = f"checkov, not done after {late.timeout:.0f} s"
        ratio = theirs.seconds / ours.seconds
        yield Row(f"{what}: {title}", theirs.seconds, theirs.peak_mib or None, ratio, "our audit")

    def _asked(self, folder: Path, *commands: list[str], expected: str = "nothing else") -> list[Sample]:
        """The medians of commands that end well, or say what is expected; TimeoutExpired past `PATIENCE`."""
        env = {**self.world.env, "OUT": str(self.world.root / "out.txt"), "EXPECTED": expected}
        asked = (["sh", "-c", ASKED, "sh", *command] for command in commands)
        return in_turns(self.runs, *(partial(once, one, folder, env, PATIENCE) for one in asked))


def _against(what: str, packed: Sample, bare: Sample, objects: int, baseline: str) -> Row:
    """The difference for each object stands in the title."""
    more = packed.seconds - bare.seconds
    title = f"{what} (+{more:.2f} s, {1000 * more / objects:.1f} ms an object)"
    return Row(title, packed.seconds, packed.peak_mib, packed.seconds / bare.seconds, baseline)


def _empty_pack(world: World) -> Path:
    folder = world.project("empty-pack")
    settings = (RULES / "PulumiPolicy.yaml").read_text(encoding="utf-8")
    settings = settings.replace("../.venv", str(CHECKOUT / ".venv"))
    (folder / "PulumiPolicy.yaml").write_text(settings, encoding="utf-8")
    (folder / "__main__.py").write_text(NO_RULES, encoding="utf-8")
    return folder


def _states(world: World) -> dict[int, list[Manifest]]:
    """The manifests of so many apps: two are rendered, the others are theirs under other names and ports."""
    folder = generated(world, 2, "policies")
    rendered = render(stack_in(folder, "dev"))
    first = [one for one in rendered if "app0000x" in json.dumps(one)]
    shared = [one for one in rendered if not re.search("app000[01]x", json.dumps(one))]
    text = json.dumps(first)
    return {size: [*shared, *(one for at in range(size) for one in _renamed(text, at))] for size in SIZES}


def _renamed(text: str, number: int) -> list[Manifest]:
    found = text.replace("app0000x", f"app{number:04d}x")
    for port in (0, 1):
        found = found.replace(f'"{FIRST_PORT + port}"', f'"{FIRST_PORT + 2 * number + port}"')
    renamed: list[Manifest] = json.loads(found)
    return renamed


def _state(folder: Path, stack: str, manifests: list[Manifest]) -> Path:
    """The manifests as an exported state, and as YAML beside it, a file for each namespace."""
    by_namespace: dict[str, list[Manifest]] = defaultdict(list)
    environment = stack.rpartition("-")[2]
    urn = f"urn:pulumi:{environment}::blueocean"
    root = f"{urn}::pulumi:pulumi:Stack::blueocean-{environment}"
    resources: list[dict[str, Any]] = [{"urn": root, "custom": False, "type": "pulumi:pulumi:Stack"}]
    provider = f"{urn}::pulumi:providers:kubernetes::cluster"
    resources.append(
        {"urn": provider, "custom": True, "id": "1", "type": "pulumi:providers:kubernetes", "inputs": {}}
    )
    for number, one in enumerate(manifests):
        by_namespace[one["metadata"].get("namespace", "cluster")].append(one)
        api = one["apiVersion"]
        token = f"kubernetes:{'core/v1' if api == 'v1' else api}:{one['kind']}"
        made = {"urn": f"{urn}::{token}::{number}", "custom": True, "id": str(number), "type": token}
        resources.append(made | {"provider": f"{provider}::1", "inputs": one, "outputs": one})
    for namespace, objects in by_namespace.items():
        file = folder / "yaml" / f"{stack}-{namespace}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    state = folder / f"{stack}.json"
    manifest = {"time": "2026-11-23T00:00:00Z", "magic": "", "version": ""}
    document = {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}
    state.write_text(json.dumps(document), encoding="utf-8")
    return state
