"""`blueocean audit` and `blueocean rules` as one types them; no cluster, no backend."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from delivery.cli import build
from tests.policies.policy_objects import VERSION, in_stack, spoiled, world
from tests.policies.policy_release import SPOILED, by_tag, deployed, evidence_of, release_for
from tests.policies.policy_state import state
from tests.policies.test_policies_promotion import WANTS
from tests.promotion.promotion_release import NOW

CHECKOUT = Path(__file__).parents[2]


def typed(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(), list(words))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.json"
    file.write_text(json.dumps(state("dev", in_stack("dev", list(world("dev").values())))))
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    role = spoiled(world("prod")["role"], "rules/0/verbs", ["*"])
    role["metadata"]["namespace"] = "platform"  # no app's, so that nobody asks for a release
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(state("prod", in_stack("prod", [role]))))
    return file


def test_a_state_in_order_is_green(good: Path) -> None:
    code, out, err = typed("audit", "--file", str(good))
    assert (code, err) == (0, "")
    assert "no violation" in out


def test_prod_without_a_passport_is_never_green(tmp_path: Path) -> None:
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state("prod", in_stack("prod", list(world("prod").values())))))
    code, out, _ = typed("audit", "--file", str(file), "--format", "json")
    assert code == 1
    messages = [(one["rule"]["id"], one["message"]) for one in json.loads(out)["entries"]]
    said = "no-passport: nextgen: there is no passport; promote the release through staging"
    assert messages == [("promotion-release-admitted", said)]


@pytest.mark.parametrize("code", list(SPOILED))
def test_the_audit_alone_refuses_prod_with_each_gates_code(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = in_stack("prod", list(world("prod").values()))
    release = SPOILED[code](release_for(WANTS, items, VERSION))
    monkeypatch.setattr("delivery.commands.audit.evidence_now", lambda: evidence_of(WANTS, release))
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state("prod", items)))
    ended, out, _ = typed("audit", "--file", str(file), "--format", "json")
    entries = json.loads(out)["entries"]
    assert [one["rule"]["id"] for one in entries] == ["promotion-release-admitted"]
    assert entries[0]["message"].startswith(f"{code}: ")
    assert ended == 1


def test_the_audit_refuses_a_tag_for_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the manifests: every stamp is in order, and speaks of other ones than these."""
    items = in_stack("prod", list(world("prod").values()))
    evidence = evidence_of(WANTS, release_for(WANTS, items, VERSION))
    monkeypatch.setattr("delivery.commands.audit.evidence_now", lambda: evidence)
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state("prod", by_tag(items, "nextgen-api-prod"))))
    ended, out, _ = typed("audit", "--file", str(file), "--format", "json")
    found = sorted(
        (one["rule"]["id"], one["message"].partition(" ")[0]) for one in json.loads(out)["entries"]
    )
    assert found == [
        ("images-by-digest", "container"),
        ("promotion-release-admitted", "manifests-differ:"),
        ("promotion-release-admitted", "tag-for-digest:"),
    ]
    assert ended == 1


@pytest.mark.parametrize("later", [0, 365])
def test_the_audit_accepts_the_right_release_also_a_year_later(
    later: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = in_stack("prod", list(world("prod").values()))
    release = deployed(release_for(WANTS, items, VERSION))
    evidence = evidence_of(WANTS, release, NOW + timedelta(days=later))
    monkeypatch.setattr("delivery.commands.audit.evidence_now", lambda: evidence)
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state("prod", items)))
    assert typed("audit", "--file", str(file))[0] == 0


def test_a_violation_ends_with_1(bad: Path) -> None:
    code, out, _ = typed("audit", "--file", str(bad), "--format", "json")
    assert code == 1
    assert [one["rule"]["id"] for one in json.loads(out)["entries"]] == ["rbac-without-wildcards"]


def test_several_states_are_judged_in_one_report(good: Path, bad: Path) -> None:
    _, out, _ = typed("audit", "--file", str(bad), "--file", str(good), "--format", "json")
    assert [one["objects"] for one in json.loads(out)["sources"]] == [1, 9]


def test_a_state_that_is_none_is_never_green(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"deployment": ')
    code, out, _ = typed("audit", "--file", str(good), "--file", str(broken))
    assert code == 3
    assert "is no exported state" in out


def spoilt(path: str, value: object) -> str:
    """A state with one object, spoilt behind the rules' back."""
    role = world("prod")["role"]
    document = state("prod", in_stack("prod", [role]))
    document["deployment"]["resources"][-1]["inputs"] = spoiled(role, path, value)
    return json.dumps(document)


UNREADABLE = {
    "too deep for the parser": ("[" * 100_000, "is no exported state (RecursionError)"),
    "too deep for us": (
        spoilt("rules", "DEEP").replace('"DEEP"', "[" * 900 + "]" * 900),
        "is no exported state (RecursionError)",
    ),
    "half of a character": (spoilt("metadata/name", "\ud800"), "is no exported state (UnicodeEncodeError)"),
    "secret metadata": (spoilt("metadata", "[secret]"), "an object without readable metadata, urn:pulumi:"),
    "labels that are a list": (
        spoilt("metadata/labels", ["app"]),
        "an object without readable metadata, urn",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE.values(), ids=list(UNREADABLE))
@pytest.mark.parametrize("format", ["json", "table"])
def test_a_state_that_nobody_can_read_is_told_in_the_report(
    text: str,
    sentence: str,
    format: str,  # noqa: A002 - the option's name
    tmp_path: Path,
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(text)
    code, out, _ = typed("audit", "--file", str(file), "--format", format)
    assert code == 3
    assert sentence in " ".join(out.split())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.json", "No such file or directory"),
        ("folder", "Is a directory"),
        ("latin.json", "it is no UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_never_green(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.json").write_bytes(b"\xe9")
    file = tmp_path / name
    code, out, _ = typed("audit", "--file", str(file), "--format", "json")
    said = f"state {file}: {file} cannot be read: {reason}; name a file that `pulumi stack export` wrote"
    assert (code, json.loads(out)["unread"]) == (3, [said])


def test_an_unknown_format_and_severity_are_wrong_usage(good: Path) -> None:
    code, _, err = typed("audit", "--file", str(good), "--format", "pdf")
    assert (code, err.startswith("audit: there is no format pdf; choose one of html,")) == (2, True)
    code, _, err = typed("audit", "--file", str(good), "--fail-on", "some")
    assert (code, err) == (2, "audit: --fail-on takes one of critical, high, medium, low\n")


def test_an_unreachable_cluster_is_never_green(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\necho 'The connection to the server was refused' >&2\nexit 1\n")
    kubectl.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    code, out, _ = typed("audit", "--file", str(good), "--live", "--format", "json")
    assert code == 3
    assert json.loads(out)["unread"] == [
        "live: `kubectl api-resources --verbs=list` failed: The connection to the server was refused"
    ]


def test_without_the_engine_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    code, out, err = typed("audit")
    assert (code, out) == (3, "")
    assert err == 'audit: there is no pulumi on PATH; run `eval "$(uv run sandbox env)"` first\n'


def test_an_unusable_waiver_file_judges_nothing(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "waivers.yaml"
    broken.write_text("waivers: [{rule: everything}]")
    monkeypatch.setattr("policies.waivers.load_waivers.__defaults__", (broken,))
    code, out, err = typed("audit", "--file", str(good))
    assert (code, out) == (5, "")
    assert err.startswith(f"audit: the rules cannot be used, so nothing was judged: {broken}")


def with_waiver(monkeypatch: pytest.MonkeyPatch, folder: Path, **changes: str) -> None:
    """The one waiver of the file: somebody answers for the wildcard in `bad`."""
    entry = {
        "rule": "rbac-without-wildcards",
        "resource": "Role/platform/reader",
        "reason": "the operator's own chart writes it",
        "owner": "Ada",
        "expires": f"{datetime.now(UTC).date() + timedelta(days=9)}",
        "ticket": "OPS-1",
    }
    file = folder / "waivers.yaml"
    file.write_text(yaml.safe_dump({"waivers": [entry | changes]}))
    monkeypatch.setattr("policies.waivers.load_waivers.__defaults__", (file,))


def test_a_waived_violation_is_listed_and_does_not_fail(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_waiver(monkeypatch, tmp_path)
    code, out, _ = typed("audit", "--file", str(bad), "--format", "json")
    assert code == 0
    (entry,) = json.loads(out)["entries"]
    assert (entry["waiver"]["owner"], entry["waiver"]["ticket"]) == ("Ada", "OPS-1")


def test_an_expired_waiver_lets_the_violation_back_and_is_a_problem(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_waiver(monkeypatch, tmp_path, expires="2026-11-01")
    code, out, _ = typed("audit", "--file", str(bad), "--format", "json")
    report = json.loads(out)
    assert (code, report["entries"][0]["waiver"]) == (1, None)
    assert report["problems"] == [
        (
            "the waiver of rbac-without-wildcards for Role/platform/reader"
            " expired on 2026-11-01; remove or renew it"
        )
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rule": "rbac-without-wildcard"}, "names the rule rbac-without-wildcard, which does not exist"),
        ({"rule": "promotion-release-admitted"}, "promotion-release-admitted, which nobody can waive"),
        ({"rule": "promotion-staging-in-its-slot"}, "staging-in-its-slot, which nobody can waive"),
        ({"rule": "promotion-critical-apps-stay-critical"}, "stay-critical, which nobody can waive"),
        ({"resource": "Role/platform/*"}, "is too broad"),
        ({"expires": "2099-01-01"}, "later than 90 days from today"),
        ({"because": "no such field"}, "because"),
    ],
)
def test_a_waiver_that_cannot_be_honoured_judges_nothing(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], sentence: str
) -> None:
    with_waiver(monkeypatch, tmp_path, **changes)
    code, out, err = typed("audit", "--file", str(bad))
    assert (code, out) == (5, "")
    assert sentence in err


@pytest.mark.parametrize("level", ["advisory", "disabled"])
def test_a_level_below_mandatory_in_prod_is_a_violation_of_its_own(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    file = tmp_path / "levels.yaml"
    file.write_text(f"{{dev: advisory, staging: mandatory, prod: {level}}}")
    monkeypatch.setattr("policies.levels.load_levels.__defaults__", (file,))
    code, out, _ = typed("audit", "--file", str(good))
    assert code == 1
    assert f"policies/levels.yaml: prod is {level}, mandatory is due" in out


def test_levels_that_cannot_be_read_judge_nothing(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "levels.yaml"
    file.write_text("{dev: advisory, staging: mandatory}")
    monkeypatch.setattr("policies.levels.load_levels.__defaults__", (file,))
    code, out, err = typed("audit", "--file", str(good))
    assert (code, out) == (5, "")
    assert "nothing was judged" in err


def test_rules_lists_every_rule_in_one_line() -> None:
    code, out, _ = typed("rules")
    assert code == 0
    assert "images-by-digest" in out
    assert len(out.splitlines()) >= 46


def test_rules_shows_one_rule_whole() -> None:
    code, out, _ = typed("rules", "images-by-digest")
    assert code == 0
    for said in (
        "high",
        "section 3",
        "https://kubernetes.io/docs/",
        "Write the image as",
        "Deployment",
        "live",
    ):
        assert said in out


def test_rules_prints_what_the_api_server_takes() -> None:
    code, out, _ = typed("rules", "images-by-digest", "--admission")
    assert code == 0
    printed = {(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all(out)}
    for environment in ("dev", "staging", "prod"):
        assert ("ValidatingAdmissionPolicy", f"blueocean-{environment}-workloads") in printed
        assert ("ValidatingAdmissionPolicyBinding", f"blueocean-{environment}-workloads") in printed
    # Dev only warns, so nobody needs a way past there.
    ways = {name for kind, name in printed if kind == "ServiceAccount"}
    assert ways == {"break-glass-staging", "break-glass-prod"}


def test_an_unknown_rule_ends_with_4() -> None:
    code, _, err = typed("rules", "images")
    assert (code, err) == (4, "rules: there is no rule images; `blueocean rules` lists them.\n")


def test_the_rules_do_not_load_the_policy_sdk() -> None:
    said = "import sys, delivery.commands.audit; print('pulumi_policy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert done.stdout == "False\n"
