"""What the audit says of a real cluster about promotion and waivers, and of one that does not answer."""

import json
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from delivery.audit.build import Read, build
from delivery.audit.report import Report
from delivery.world import auditing
from policies.evidence import Evidence
from policies.levels import load_levels
from policies.rule import rules
from promotion.question import Wants
from tests.conftest import RunningSandbox
from tests.delivery.test_delivery_commands_audit import typed
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import NAMESPACES, Manifest, spoiled, world
from tests.policies.policy_release import evidence_of
from tests.policies.policy_state import state
from tests.policies.test_policies_admission import real
from tests.policies.test_policies_critical_apps import STANDARD
from tests.policies.test_policies_promotion import WANTS
from tests.promotion.promotion_release import NOW

pytestmark = pytest.mark.sandbox
PROMOTION_LIVE = {
    rule.id for rule in rules() if rule.id.startswith("promotion-") and "live" in rule.meta.places
}
IN_ITS_SLOT, AFTER_IT = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (12, 15))
"""nextgen has shared staging from 12:00 to 15:00 in Paris."""


@pytest.fixture
def reached(control_plane: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    """The cluster as a shell reaches it after `sandbox env`."""
    for name in ("PATH", "KUBECONFIG"):
        monkeypatch.setenv(name, control_plane.env[name])
    return control_plane


@contextmanager
def made(cluster: RunningSandbox, env: str, objects: Sequence[Manifest]) -> Iterator[None]:
    """The objects in the cluster, by hand, and their namespace gone afterwards."""
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(map(real, objects))})
    command = ["kubectl", "create", "--field-manager=by-hand", "--filename=-"]
    try:
        subprocess.run(
            command, env=cluster.env, input=document, text=True, check=True, timeout=60, capture_output=True
        )
        yield
    finally:
        cluster.delete_namespaces(NAMESPACES[env])


def judged(evidence: Evidence) -> Report:
    """What the audit of the cluster finds, promotion included."""
    base = judge(promotion=True)
    using = replace(base, context=replace(base.context, evidence=lambda: evidence))
    return build(Read({}, auditing.live_manifests()), using, load_levels(), NOW)


def said(report: Report) -> set[tuple[str, str]]:
    return {(one.rule.id, one.message) for one in report.entries}


def test_the_rules_of_promotion_that_claim_the_cluster() -> None:
    assert {"promotion-critical-apps-stay-critical", "promotion-staging-in-its-slot"} == PROMOTION_LIVE


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (WANTS, set()),
        (
            STANDARD,
            {
                (
                    "promotion-critical-apps-stay-critical",
                    "the catalogue has nextgen in the tier standard, whose releases ask nobody",
                )
            },
        ),
    ],
    ids=["critical", "standard"],
)
def test_a_critical_app_in_the_standard_tier_is_found_in_the_cluster(
    reached: RunningSandbox, asked: Wants, found: set[tuple[str, str]]
) -> None:
    with made(reached, "prod", list(world("prod").values())):
        report = judged(evidence_of(asked, None))
    assert said(report) == found
    assert report.sources[0].objects >= len(world("prod"))


@pytest.mark.parametrize(("at", "refused"), [(IN_ITS_SLOT, False), (AFTER_IT, True)], ids=["in it", "after"])
def test_who_is_in_staging_outside_the_slot_is_found_in_the_cluster(
    reached: RunningSandbox,
    at: datetime,
    refused: bool,  # noqa: FBT001 - a row of a table
) -> None:
    with made(reached, "staging", list(world("staging").values())):
        report = judged(evidence_of(WANTS, None, at))
    assert {rule for rule, _ in said(report)} == ({"promotion-staging-in-its-slot"} if refused else set())


def empty(folder: Path) -> str:
    """The file of a state without objects: the audit judges nothing but the cluster."""
    file = folder / "empty.json"
    file.write_text(json.dumps(state("staging", [])))
    return str(file)


def waive(folder: Path, monkeypatch: pytest.MonkeyPatch, expires: date) -> None:
    entry = {
        "rule": "secrets-not-in-config-maps",
        "resource": f"ConfigMap/{NAMESPACES['staging']}/nextgen-api",
        "reason": "the vendor's client reads it there",
        "owner": "Ada",
        "expires": f"{expires}",
        "ticket": "OPS-1",
    }
    file = folder / "waivers.yaml"
    file.write_text(yaml.safe_dump({"waivers": [entry]}))
    monkeypatch.setattr("policies.waivers.load_waivers.__defaults__", (file,))


def test_a_waiver_covers_an_object_of_the_cluster_until_its_end(
    reached: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As people run it. Nobody runs a pod, so that staging's calendar has nothing to say."""
    objects = {key: one for key, one in world("staging").items() if key not in ("deployment", "ingress")}
    objects["config"] = spoiled(objects["config"], "data/api_key", "x")
    state_file = empty(tmp_path)
    audit = ("audit", "--live", "--file", state_file, "--format", "json")
    today = datetime.now(UTC).date()
    with made(reached, "staging", list(objects.values())):
        bare, _, _ = typed(*audit)
        waive(tmp_path, monkeypatch, today + timedelta(days=9))
        waived, out, _ = typed(*audit)
        waive(tmp_path, monkeypatch, today - timedelta(days=1))
        expired, later, _ = typed(*audit)
    assert (bare, waived, expired) == (1, 0, 1)
    (entry,) = json.loads(out)["entries"]
    assert (entry["source"], entry["waiver"]["owner"], entry["waiver"]["ticket"]) == ("live", "Ada", "OPS-1")
    (entry,) = json.loads(later)["entries"]
    assert entry["waiver"] is None
    assert any("expired on" in one for one in json.loads(later)["problems"])


def test_a_cluster_that_does_not_answer_is_never_green(
    reached: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real kubectl with an address at which nobody listens."""
    with socket.socket() as taken:  # bound and not listening: nobody else can take the port meanwhile
        taken.bind(("127.0.0.1", 0))
        nobody = f"https://127.0.0.1:{taken.getsockname()[1]}"
        config = yaml.safe_load(Path(reached.env["KUBECONFIG"]).read_text(encoding="utf-8"))
        config["clusters"][0]["cluster"]["server"] = nobody
        (tmp_path / "config").write_text(yaml.safe_dump(config))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        code, out, _ = typed("audit", "--live", "--file", empty(tmp_path), "--format", "json")
    assert code == 3
    (unread,) = json.loads(out)["unread"]
    assert unread.startswith("live: `kubectl api-resources --verbs=list` failed: ")
    assert nobody.removeprefix("https://") in unread
