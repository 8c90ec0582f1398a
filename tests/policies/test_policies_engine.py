"""The pack in the real engine, over states made by hand: `pulumi policy analyze --file`."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.entrance import judged
from policies.objects import Object
from policies.rule import rules
from sandbox.toolchain.build import ensure_all
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import (
    REMOVE,
    Manifest,
    in_stack,
    spoiled,
    token_of,
    urn,
    world,
)
from tests.policies.policy_release import APPS, batches, deployed, promote
from tests.policies.policy_state import state
from tests.policies.policy_sweep import number_of, numbered, only_it_catches
from tests.policies.test_policies_own_stacks import rendered
from tests.policies.test_policies_promotion import stack
from tests.policies.test_policies_rules import BAD, CASES

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


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which the engine finds the language host that starts the pack."""
    folder = tmp_path_factory.mktemp("engine")
    host = folder / "bin" / "pulumi-language-python"
    host.parent.mkdir()
    host.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(CHECKOUT))} exec {shlex.quote(sys.executable)}"
        ' -m sandbox.plugins.language "$@"\n'
    )
    host.chmod(0o700)
    (folder / "bin" / "pulumi").symlink_to(ensure_all(lambda _text: None)["pulumi"])
    kept = {name: one for name, one in os.environ.items() if not name.startswith(("PULUMI_", "PYTHONDONT"))}
    return kept | {
        "PATH": f"{host.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


@pytest.fixture
def analyze(tools: dict[str, str], tmp_path: Path) -> Analyzer:
    return Analyzer(tools, tmp_path)


# Nothing in the state says so: the fault is an object that is not there.
BY_WHAT_IS_MISSING = {"isolation-default-deny-present"}


def many_faults(env: str) -> list[Object]:
    """One stack with the faulty objects of all cases of an environment, beside the accepted ones."""
    accepted = world(env)
    objects = list(accepted.values())
    for number, case in enumerate(case for case in BAD if case.env == env):
        for name, one in case.objects.items():
            if accepted.get(name) != one:
                objects.append(spoiled(one, "metadata/annotations/tests-case", str(number)))
    return [
        replace(one, urn=f"{one.urn}-{number}", protect=None if number % 2 else one.protect)
        for number, one in enumerate(in_stack(env, objects))
    ]


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


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_pack_says_of_many_faults_what_the_rules_say(analyze: Analyzer, env: str) -> None:
    items = many_faults(env)
    said = {one for found in analyze.by_urn(env, items).values() for one in found}
    expected = {(one.rule.id, one.text) for one in judge().everything(items, "preview")}
    ours = {one for one in said if not one[0].startswith("promotion-")}
    assert ours == expected
    assert {rule for rule, _ in expected} >= {
        case.rule for case in BAD if case.env == env
    } - BY_WHAT_IS_MISSING


def few(env: str) -> list[Case]:
    """Of each rule the first cases of an environment: more alike would only cost the engine time."""
    own = [case for case in CASES if case.env == env]
    return [case for case in own if [one for one in own if one.rule == case.rule].index(case) < FEW]


FEW = 3
SWEPT = {env: few(env) for env in ("dev", "staging", "prod")}


@pytest.mark.parametrize("env", list(SWEPT))
@pytest.mark.parametrize("without_own", [False, True])
def test_each_case_alone_with_and_without_its_rule(
    tools: dict[str, str],
    tmp_path: Path,
    env: str,
    without_own: bool,  # noqa: FBT001 - a row of a table
) -> None:
    cases = SWEPT[env]
    prelude = "import policies.judge\nfrom tests.policies.policy_sweep import Sweep\n"
    prelude += "from tests.policies.test_policies_engine import SWEPT\n"
    prelude += f"policies.judge.Judge = lambda *_: Sweep(SWEPT[{env!r}], without_own={without_own})\n"
    pack = variant(tmp_path, prelude)
    items = [one for number, case in enumerate(cases) for one in numbered(case, number)]
    found = Analyzer(tools, tmp_path, pack).by_urn(env, items)
    said: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for urn_, texts in found.items():
        said[number_of(urn_)] |= texts
    for number, case in enumerate(cases):
        rule = case.rule if without_own else ""
        expected = {(one.rule.id, one.text) for one in findings(case, without=rule)}
        assert said[number] == expected, case.id
        if without_own:
            assert not expected or not only_it_catches(case), case.id


# Rule, environment, what the pack is told, and whether it then refuses.
EVIDENCE = """
from datetime import datetime
import policies.clock
from tests.policies.policy_release import evidence_of, release_for
from tests.policies.test_policies_critical_apps import STANDARD
from tests.policies.test_policies_promotion import VERSION, WANTS, stack
RELEASE = release_for(WANTS, stack(), VERSION) if {released} else None
policies.clock.evidence_now = lambda: evidence_of({wants}, RELEASE, datetime.fromisoformat({at!r}))
"""
WITHOUT = """
import policies.rule
KEPT = tuple(one for one in policies.rule.rules() if one.id != {rule!r})
policies.rule.rules = lambda: KEPT
"""
AT_ITS_TIME = "2026-11-23T16:00+00:00"  # the release's own, in tests/promotion
PROMOTION = {
    "promotion-staging-in-its-slot": {"wants": "WANTS", "released": True, "at": "2026-11-23T15:00+00:00"},
    "promotion-release-admitted": {"wants": "WANTS", "released": False, "at": AT_ITS_TIME},
    "promotion-critical-apps-stay-critical": {"wants": "STANDARD", "released": True, "at": AT_ITS_TIME},
}


@pytest.mark.parametrize("rule", list(PROMOTION))
@pytest.mark.parametrize("without_own", [False, True])
def test_a_promotion_is_refused_by_its_own_rule_alone(
    tools: dict[str, str], tmp_path: Path, rule: str, *, without_own: bool
) -> None:
    env = "staging" if "staging" in rule else "prod"
    prelude = EVIDENCE.format(**PROMOTION[rule]) + (WITHOUT.format(rule=rule) if without_own else "")
    verdict = Analyzer(tools, tmp_path, variant(tmp_path, prelude))(env, stack(env))
    assert verdict.violations == (set() if without_own else {(rule, "mandatory")}), verdict.text
    assert verdict.code == int(not without_own)


def test_every_rule_is_swept() -> None:
    alone = {
        case.rule for cases in SWEPT.values() for case in cases if case.message and only_it_catches(case)
    }
    assert alone | set(PROMOTION) == {rule.id for rule in rules()}


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
    said |= {"rule": "rbac-without-wildcards", "resource": "Role/blueocean-nextgen-prod/reader"}
    said["expires"] = f"{datetime.now(UTC).date() + timedelta(days=days)}"
    file = tmp_path / "waivers.yaml"
    file.write_text(json.dumps({"waivers": [said]}))
    prelude = "from pathlib import Path\nimport policies.waivers\n"
    prelude += f"policies.waivers.load_waivers.__defaults__ = (Path({str(file)!r}),)\n"
    items = in_stack("prod", [spoiled(world("prod")["role"], "rules/0/verbs", ["*"])])
    verdict = Analyzer(tools, tmp_path, variant(tmp_path, prelude))("prod", items)
    assert verdict.violations == {("rbac-without-wildcards", level)}, verdict.text
    assert verdict.code == int(level == "mandatory")
    assert ("Waived until" in verdict.text) is (level == "advisory")


def test_our_own_prod_passes_with_accepted_passports_only(tools: dict[str, str], tmp_path: Path) -> None:
    manifests = rendered("prod", tmp_path / "out")
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
