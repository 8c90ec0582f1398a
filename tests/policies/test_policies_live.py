"""The same bad object gets the same verdict in state and cluster, from every rule that claims both."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from policies.rule import rules
from tests.conftest import RunningSandbox
from tests.policies.policy_cases import Case, findings, judge
from tests.policies.policy_objects import Manifest, in_stack, manifest, namespace, spoiled, world
from tests.policies.policy_state import state
from tests.policies.test_policies_rules import BAD

BOTH = {rule.id for rule in rules() if {"state", "live"} <= set(rule.meta.places)}


@pytest.mark.parametrize("case", [case for case in BAD if case.rule in BOTH], ids=lambda case: case.id)
def test_state_and_cluster_agree(case: Case) -> None:
    live = {(one.rule.id, one.message) for one in judge().everything(case.items, "live")}
    there = {(one.rule.id, one.message) for one in findings(case)}
    assert {one for one in live if one[0] in BOTH} == {one for one in there if one[0] in BOTH}


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
        gone = ["kubectl", "delete", "namespace", "blueocean-nextgen-prod", "--wait=true", "--timeout=60s"]
        subprocess.run(gone, env=control_plane.env, check=True, timeout=90, capture_output=True)
    report = json.loads(done.stdout)
    found = [one for one in report["entries"] if one["namespace"] == "blueocean-nextgen-prod"]
    assert sorted((one["rule"]["id"], one["owner"]) for one in found) == sorted(
        (rule, "by-hand") for rule, _ in STRAYS
    )
    assert done.returncode == 1, done.stderr
