"""The pack in the real engine, over states made by hand: `pulumi policy analyze --file`."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.entrance import judged
from policies.objects import Object
from tests.policies.policy_objects import (
    REMOVE,
    Manifest,
    in_stack,
    spoiled,
    token_of,
    urn,
    world,
)
from tests.policies.policy_release import APPS, batches, by_tag, deployed, promote
from tests.policies.policy_state import state
from tests.rendered import rendered

PACK = Path(__file__).parents[2] / "policies"
CHECKOUT = PACK.parent
NO_PASSPORT = {("promotion-release-admitted", "mandatory")}
# The pack goes by the clock; a test may run at any time of the day.
OUT_OF_SLOT = {("promotion-staging-in-its-slot", "mandatory")}
pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Verdict:
    """What the engine says about a state: rule ids and levels of the violations, exit code, all output."""

    violations: set[tuple[str, str]]
    remedied: set[str]
    code: int
    text: str


@dataclass(frozen=True)
class Analyzer:
    """The engine with the pack, in a home of its own."""

    env: dict[str, str]
    folder: Path
    pack: Path = PACK

    def __call__(self, env: str, items: list[Object]) -> Verdict:
        events, done = self._asked(env, items)
        said = [event["policyEvent"] for event in events if "policyEvent" in event]
        found = {
            (ids[1], one["enforcementLevel"])
            for one in said
            if (ids := re.search(r"\[(.+?)\]", one["message"]))
        }
        changes = [event.get("policyRemediationEvent") for event in events]
        mended = {one["policyName"] for one in changes if one}
        return Verdict(found, mended, done.returncode, done.stdout + done.stderr)

    def by_urn(self, env: str, items: list[Object]) -> dict[str, set[tuple[str, str]]]:
        """For each object that is refused: rule and text of each violation. Fails when nothing was judged."""
        events, done = self._asked(env, items)
        assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for event in events:
            if "policyEvent" in event:
                one = event["policyEvent"]
                assert one["enforcementLevel"] == {"dev": "advisory"}.get(env, "mandatory")
                text = one["message"].partition("\n")[2].strip()
                found[one["resourceUrn"]].add((text[1:].partition("]")[0], text))
        return found

    def _asked(
        self, env: str, items: list[Object]
    ) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[str]]:
        file = self.folder / "state.json"
        file.write_text(json.dumps(state(env, items)))
        command = [
            "pulumi",
            "policy",
            "analyze",
            "--json",
            "--file",
            str(file),
            "--policy-pack",
            str(self.pack),
        ]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=300, check=False)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done


@pytest.fixture
def analyze(tools: dict[str, str], tmp_path: Path) -> Analyzer:
    return Analyzer(tools, tmp_path)


def test_the_accepted_stack_passes(analyze: Analyzer) -> None:
    verdict = analyze("dev", in_stack("dev", list(world("dev").values())))
    assert (verdict.violations, verdict.code) == (set(), 0), verdict.text


@pytest.mark.parametrize(
    ("at", "violations"),
    [("2026-11-23T13:00+01:00", set()), ("2026-11-23T15:00+01:00", OUT_OF_SLOT)],
)
def test_staging_passes_in_the_apps_own_slot_only(
    tools: dict[str, str], tmp_path: Path, at: str, violations: set[tuple[str, str]]
) -> None:
    prelude = (
        "from datetime import datetime\nimport policies.evidence\nread = policies.evidence.load_evidence\n"
    )
    prelude += f"policies.evidence.load_evidence = lambda _now: read(datetime.fromisoformat({at!r}))\n"
    analyze = Analyzer(tools, tmp_path, variant(tmp_path, prelude))
    verdict = analyze("staging", in_stack("staging", list(world("staging").values())))
    assert (verdict.violations, verdict.code) == (violations, int(bool(violations))), verdict.text


def test_prod_without_a_passport_is_refused_by_the_gates_alone(analyze: Analyzer) -> None:
    verdict = analyze("prod", in_stack("prod", list(world("prod").values())))
    assert verdict.violations == NO_PASSPORT, verdict.text
    assert "no-passport: nextgen: there is no passport" in verdict.text
    assert verdict.code == 1


def test_a_stack_that_nobody_named_is_stopped(analyze: Analyzer) -> None:
    subject: Manifest = spoiled(world("prod")["role"], "rules/0/verbs", ["*"])
    subject["metadata"]["namespace"] = "platform"  # no app's, so that nobody asks for a release
    verdict = analyze("test", in_stack("test", [subject]))
    assert verdict.violations == {("rbac-without-wildcards", "mandatory")}, verdict.text
    assert verdict.code == 1


def variant(folder: Path, prelude: str) -> Path:
    """The pack with something else done first."""
    made = folder / "policies"
    made.mkdir()
    project = (PACK / "PulumiPolicy.yaml").read_text().replace("../.venv", sys.prefix)
    (made / "PulumiPolicy.yaml").write_text(project)
    (made / "__main__.py").write_text(prelude + (PACK / "__main__.py").read_text().partition('"""\n')[2])
    return made


def test_a_broken_waiver_file_stops_everything(tools: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("waivers: [{rule: everything}]")
    prelude = "from pathlib import Path\nimport policies.waivers\n"
    prelude += f"policies.waivers.load_waivers.__defaults__ = (Path({str(file)!r}),)\n"
    pack = variant(tmp_path, prelude)
    verdict = Analyzer(tools, tmp_path, pack)("dev", in_stack("dev", list(world("dev").values())))
    assert verdict.code != 0
    assert "waivers.yaml cannot be used, so nothing" in verdict.text


@pytest.mark.parametrize(("days", "level"), [(9, "advisory"), (-1, "mandatory")])
def test_a_waived_violation_is_advice_until_the_waivers_end(
    tools: dict[str, str], tmp_path: Path, days: int, level: str
) -> None:
    said = {"reason": "the operator's chart writes it", "owner": "Ada", "ticket": "OPS-1"}
    said |= {"rule": "rbac-without-wildcards", "resource": "Role/platform/reader"}
    said["expires"] = f"{datetime.now(UTC).date() + timedelta(days=days)}"
    file = tmp_path / "waivers.yaml"
    file.write_text(json.dumps({"waivers": [said]}))
    prelude = "from pathlib import Path\nimport policies.waivers\n"
    prelude += f"policies.waivers.load_waivers.__defaults__ = (Path({str(file)!r}),)\n"
    role = spoiled(world("prod")["role"], "rules/0/verbs", ["*"])
    items = in_stack("prod", [spoiled(role, "metadata/namespace", "platform")])
    verdict = Analyzer(tools, tmp_path, variant(tmp_path, prelude))("prod", items)
    assert verdict.violations == {("rbac-without-wildcards", level)}, verdict.text
    assert verdict.code == int(level == "mandatory")
    assert ("Waived until" in verdict.text) is (level == "advisory")


@pytest.fixture(scope="module")
def prod() -> list[Object]:
    """Our own production as it is rendered."""
    manifests = rendered("prod")
    kept = {"PersistentVolumeClaim"}
    return [Object(one, urn("prod", one), one["kind"] in kept, token_of(one)) for one in manifests]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where evidence may be planted, with our own catalogue."""
    made = tmp_path / "root"
    (made / "releases").mkdir(parents=True)
    (made / "catalogue").symlink_to(CHECKOUT / "catalogue")
    (made / "releases/quarantine.yaml").write_text("digests: []")
    return made


def reading(root: Path, folder: Path) -> Path:
    """The pack, with the evidence below another root."""
    prelude = "from pathlib import Path\nimport policies.evidence\n"
    return variant(
        folder, f"{prelude}policies.evidence.load_evidence.__defaults__ = (Path({str(root)!r}), '')\n"
    )


def test_our_own_prod_passes_with_accepted_passports_only(
    tools: dict[str, str], tmp_path: Path, root: Path, prod: list[Object]
) -> None:
    promote(root, prod, datetime.now(UTC), {})
    verdict = Analyzer(tools, tmp_path, reading(root, tmp_path))("prod", prod)
    assert (verdict.violations, verdict.code) == (set(), 0), verdict.text
    bare = Analyzer(tools, tmp_path)("prod", prod)
    assert (bare.violations, bare.code) == (NO_PASSPORT, 1), bare.text
    assert bare.text.count("no-passport") == 4


@pytest.mark.parametrize("change", batches(), ids=lambda change: "+".join(change.values()))
def test_the_pack_alone_refuses_with_each_gates_code_in_the_programs_words(
    change: dict[str, str], tools: dict[str, str], tmp_path: Path, root: Path, prod: list[Object]
) -> None:
    now = datetime.now(UTC)
    promote(root, prod, now, change)
    verdict = Analyzer(tools, tmp_path, reading(root, tmp_path))("prod", prod)
    assert (verdict.violations, verdict.code) == (NO_PASSPORT, 1), verdict.text
    words = judged(prod, root, now)
    assert sorted(line.split(": ")[1] for line in words) == sorted(change.values())
    for line in words:
        assert ageless(line) in ageless(verdict.text), line


def test_the_pack_refuses_a_tag_for_a_digest(
    tools: dict[str, str], tmp_path: Path, root: Path, prod: list[Object]
) -> None:
    """A fault of the manifests: every stamp is in order, and speaks of other ones than these."""
    promote(root, prod, datetime.now(UTC), {})
    items = by_tag(prod, "kvibe-backend-prod")
    found = Analyzer(tools, tmp_path, reading(root, tmp_path)).by_urn("prod", items)
    (urn,) = (one.urn for one in items if (one.kind, one.name) == ("Deployment", "kvibe-backend-prod"))
    assert set(found) == {urn}
    assert sorted((rule, text.split(": ")[1].partition(" ")[0]) for rule, text in found[urn]) == [
        ("images-by-digest", "container"),
        ("promotion-release-admitted", "manifests-differ"),
        ("promotion-release-admitted", "tag-for-digest"),
    ]


def ageless(text: str) -> str:
    """Without the seconds that passed between two questions."""
    return re.sub(r"\d+:\d\d:\d\d(\.\d+)?", "", text)


def test_what_was_verified_passes_the_pack_a_year_later(
    tools: dict[str, str], tmp_path: Path, root: Path, prod: list[Object]
) -> None:
    ago = datetime.now(UTC) - timedelta(days=365)
    promote(root, prod, ago, dict.fromkeys(APPS[1:], deployed))
    verdict = Analyzer(tools, tmp_path, reading(root, tmp_path))("prod", prod)
    assert (verdict.violations, verdict.code) == (NO_PASSPORT, 1), verdict.text
    assert "expired: nextgen: a stamp" in verdict.text
    promote(root, prod, ago, dict.fromkeys(APPS, deployed))
    verdict = Analyzer(tools, tmp_path, tmp_path / "policies")("prod", prod)
    assert (verdict.violations, verdict.code) == (set(), 0), verdict.text


@pytest.mark.parametrize(("env", "mended"), [("dev", {"safe-defaults"}), ("prod", set())])
def test_only_dev_is_given_safe_values(analyze: Analyzer, env: str, mended: set[str]) -> None:
    objects = world(env)
    where = "spec/template/spec/securityContext/seccompProfile"
    objects["deployment"] = spoiled(objects["deployment"], where, REMOVE)
    verdict = analyze(env, in_stack(env, list(objects.values())))
    assert verdict.remedied == mended, verdict.text
