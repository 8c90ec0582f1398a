"""The same bad object gets the same verdict in state and cluster, from every rule that claims both."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from delivery.world import auditing
from policies.objects import Object
from policies.rule import rules
from tests.conftest import RunningSandbox
from tests.e2e.harness import until
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import Manifest, in_stack, manifest, namespace, spoiled, world
from tests.policies.policy_state import state
from tests.policies.policy_sweep import MARK, NEVER_STORED, mutants, refusing, relocated
from tests.policies.test_policies_admission import real
from tests.policies.test_policies_rules import BAD

BOTH = {rule.id for rule in rules() if {"state", "live"} <= set(rule.meta.places)}


@pytest.mark.parametrize("case", [case for case in BAD if case.rule in BOTH], ids=lambda case: case.id)
def test_state_and_cluster_agree(case: Case) -> None:
    live = {(one.rule.id, one.message) for one in judge().everything(case.items, "live")}
    there = {(one.rule.id, one.message) for one in findings(case)}
    assert {one for one in live if one[0] in BOTH} == {one for one in there if one[0] in BOTH}


MUTANTS = {rule: case for rule, case in mutants(BAD).items() if rule in BOTH}


@pytest.fixture(scope="module")
def stored(control_plane: RunningSandbox) -> Iterator[dict[str, list[Manifest]]]:
    """All mutants in one cluster, made by hand, read as the audit reads; by case."""
    objects = [real(one) for number, case in enumerate(MUTANTS.values()) for one in relocated(case, number)]
    objects.sort(key=lambda one: one["kind"] != "Namespace")
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    command = ["kubectl", "create", "--field-manager=by-hand", "--filename=-"]
    refusals: list[str] = []

    def make() -> bool:
        """Make those that are not there; the API itself refuses some, and that is theirs to show."""
        env = control_plane.env
        done = subprocess.run(
            command, env=env, input=document, text=True, check=False, timeout=120, capture_output=True
        )
        refusals.append(done.stderr)
        return "ValidatingAdmissionPolicy" not in done.stderr

    # The server lets go of other tests' guards by a watch, and once a second at most.
    assert until(make, 60, 0.5), refusals[-1]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PATH", "KUBECONFIG"):
            patch.setenv(name, control_plane.env[name])
        found: dict[str, list[Manifest]] = defaultdict(list)
        for one in auditing.live_manifests():
            case = (one["metadata"].get("labels") or {}).get(MARK)
            if case:
                found[case].append(dict(one))
    yield found
    gone = ["kubectl", "delete", "all,configmaps,ingresses,namespaces,clusterroles,clusterrolebindings"]
    gone += ["--selector", MARK, "--all-namespaces", "--wait=true", "--timeout=120s"]
    subprocess.run(gone, env=control_plane.env, check=True, timeout=180, capture_output=True)


def said(objects: Iterable[Manifest]) -> set[tuple[str, str, str]]:
    items = [Object(one) for one in objects]
    return {(one.rule.id, one.item.address, one.message) for one in judge().everything(items, "live")}


@pytest.mark.sandbox
@pytest.mark.parametrize("rule", sorted(MUTANTS.keys() - NEVER_STORED))
def test_a_real_cluster_gets_the_verdict_of_the_state(stored: dict[str, list[Manifest]], rule: str) -> None:
    number = list(MUTANTS).index(rule)
    there = stored[f"c{number}"]
    names = {Object(one).address for one in there}
    meant = [one for one in relocated(MUTANTS[rule], number) if Object(one).address in names]
    assert said(there) == said(meant)
    assert {one for one, _, _ in said(there)} == refusing(rule)


@pytest.mark.sandbox
@pytest.mark.parametrize("rule", sorted(NEVER_STORED))
def test_what_never_gets_into_a_cluster_is_not_found_there(
    stored: dict[str, list[Manifest]], rule: str
) -> None:
    assert said(stored[f"c{list(MUTANTS).index(rule)}"]) == set()


def test_every_rule_that_claims_the_cluster_has_a_fault_in_it() -> None:
    assert set(MUTANTS) | {"pods-in-known-kinds"} == {one for one in BOTH if not one.startswith("promotion-")}


def test_a_rule_that_does_not_claim_the_cluster_is_silent_there() -> None:
    for case in BAD:
        silent = {one.rule.id for one in judge().everything(case.items, "live")} - BOTH
        assert silent == set(), case.id


def stray(kind: str, name: str, **parts: object) -> Manifest:
    return manifest(kind, name, "prod", **parts)


STRAYS = [
    (
        "rbac-without-wildcards",
        stray("Role", "all", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]),
    ),
    ("secrets-not-in-config-maps", stray("ConfigMap", "keys", data={"api_key": "x"})),
    (
        "routes-services-stay-inside",
        stray("Service", "open", spec={"type": "NodePort", "selector": {"a": "b"}, "ports": [{"port": 80}]}),
    ),
    (
        "scaling-budget-permits-drain",
        stray(
            "PodDisruptionBudget",
            "stuck",
            spec={"maxUnavailable": 0, "selector": {"matchLabels": {"a": "b"}}},
        ),
    ),
    (
        "isolation-network-stays-closed",
        stray("NetworkPolicy", "open", spec={"podSelector": {}, "ingress": [{}], "policyTypes": ["Ingress"]}),
    ),
    (
        "routes-hosts-unique",
        stray(
            "Ingress", "all", spec={"defaultBackend": {"service": {"name": "open", "port": {"number": 80}}}}
        ),
    ),
]


@pytest.mark.sandbox
def test_the_audit_finds_what_somebody_made_by_hand(control_plane: RunningSandbox, tmp_path: Path) -> None:
    objects = [namespace("prod"), world("prod")["deny"], *(one for _, one in STRAYS)]
    objects = [spoiled(one, "metadata/labels/by", "hand") for one in objects]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    command = ["kubectl", "create", "--field-manager=by-hand", "--filename=-"]
    subprocess.run(command, env=control_plane.env, input=document, text=True, check=True, timeout=60)
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state("prod", in_stack("prod", []))))
    audit = [str(Path(sys.executable).with_name("blueocean")), "audit", "--live", "--format", "json"]
    try:
        done = subprocess.run(
            [*audit, "--file", str(file)],
            env=control_plane.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        control_plane.delete_namespaces("blueocean-nextgen-prod", seconds=60)
    report = json.loads(done.stdout)
    found = [one for one in report["entries"] if one["namespace"] == "blueocean-nextgen-prod"]
    assert sorted((one["rule"]["id"], one["owner"]) for one in found) == sorted(
        (rule, "by-hand") for rule, _ in STRAYS
    )
    assert done.returncode == 1, done.stderr
