"""The same verdict at admission: a real API server with what CEL can say, against the same cases."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from policies.admission import RESOURCES, admission, manifests
from policies.levels import load_levels
from policies.objects import Environment
from policies.rule import ALL_ENVIRONMENTS, rules
from sandbox.kube import KubeClient, KubeError
from sandbox.layout import Layout
from tests.conftest import RunningSandbox
from tests.policies.policy_cases import Case
from tests.policies.policy_objects import NAMESPACES, Manifest, manifest, spoiled, world
from tests.policies.test_policies_rules import BAD, GOOD

SAYABLE = {rule.id for rule in rules() if rule.meta.cel}
NO = False


def real(subject: Manifest) -> Manifest:
    """What the API asks for and no rule looks at."""
    made = dict(subject)
    if made["kind"] == "Deployment":
        made = spoiled(made, "spec/selector", {"matchLabels": {"a": "b"}})
        made["spec"]["template"].setdefault("metadata", {})["labels"] = {"a": "b"}
    if made["kind"] == "Service":
        made = spoiled(made, "spec/ports", [{"port": 80}])
    return made


def changed(case: Case) -> list[Manifest]:
    accepted = world(case.env)
    return [one for name, one in case.objects.items() if accepted.get(name) != one]


# The platform's own rooms carry no environment; admission leaves them to preview and audit.
OURS = (None, *NAMESPACES.values())
GUARDED = [
    case
    for case in BAD
    if case.rule in SAYABLE and {one["metadata"].get("namespace") for one in changed(case)} <= set(OURS)
]
# The API itself refuses these before any policy is asked: this server runs nothing privileged, and host
# processes of Windows need the node's network, which another rule refuses.
REFUSED_BEFORE = {"pods-no-windows-host-process", "pods-not-privileged"}


def test_a_rule_claims_admission_exactly_where_cel_says_it() -> None:
    assert {rule.id for rule in rules() if "admission" in rule.places} == SAYABLE
    assert len(SAYABLE) >= 20


def of_kind(kind: str, *environments: Environment) -> dict[str, Manifest]:
    found = manifests(rules(), load_levels(), environments or ("dev", "staging", "prod"))
    return {one["metadata"]["name"]: one for one in found if one["kind"] == kind}


def guards(kind: str) -> dict[str, Manifest]:
    """What speaks for rules; the emergency's own policies are tested by `test_policies_break_glass`."""
    return {name: one for name, one in of_kind(kind).items() if "break-glass" not in name}


def test_prod_and_staging_deny_and_dev_warns() -> None:
    bindings = guards("ValidatingAdmissionPolicyBinding")
    actions = {(name.split("-")[1], *one["spec"]["validationActions"]) for name, one in bindings.items()}
    assert actions == {("prod", "Deny"), ("staging", "Deny"), ("dev", "Warn", "Audit")}


def test_a_binding_guards_the_namespaces_of_its_own_environment() -> None:
    for name, one in guards("ValidatingAdmissionPolicyBinding").items():
        assert one["spec"]["policyName"] == name
        selector = one["spec"]["matchResources"]["namespaceSelector"]
        assert selector == {"matchLabels": {"blueocean.io/environment": name.split("-")[1]}}


def test_the_inventory_of_an_environment() -> None:
    subjects = ["ingresses", "namespaces", "poddisruptionbudgets", "roles", "services", "workloads"]
    for environment in ("staging", "prod"):
        found = of_kind("ValidatingAdmissionPolicy", environment)
        own = [f"blueocean-{environment}-{one}" for one in subjects]
        assert sorted(found) == sorted(
            [*own, f"blueocean-{environment}-break-glass", f"blueocean-{environment}-break-glass-token"]
        )
    subjects.remove("ingresses")  # a rule about TLS, which dev may do without
    assert sorted(of_kind("ValidatingAdmissionPolicy", "dev")) == [f"blueocean-dev-{one}" for one in subjects]


def test_environments_share_no_object() -> None:
    each = [{(one["kind"], one["metadata"]["name"]) for one in admission(env)} for env in ALL_ENVIRONMENTS]
    assert sum(map(len, each)) == len(set().union(*each))


def test_every_policy_fails_closed_and_every_rule_has_its_validation() -> None:
    for name, one in of_kind("ValidatingAdmissionPolicy").items():
        assert one["spec"]["failurePolicy"] == "Fail", name
        assert one["spec"]["matchConstraints"]["resourceRules"], name
    said = [
        each["message"]
        for one in guards("ValidatingAdmissionPolicy").values()
        for each in one["spec"]["validations"]
    ]
    for rule in rules():
        own = [one for one in said if one.startswith(f"[{rule.id}] ")]
        assert len(own) == (len(rule.meta.environments) if rule.meta.cel else 0), rule.id


def path_of(one: Manifest) -> str:
    plurals = {
        "ClusterRole": "clusterroles",
        "ClusterRoleBinding": "clusterrolebindings",
        "ServiceAccount": "namespaces/platform/serviceaccounts",
        "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
    }
    root = "/api/v1" if one["apiVersion"] == "v1" else f"/apis/{one['apiVersion']}"
    return f"{root}/{plurals[one['kind']]}"


class Server:
    """An API server that holds the policies."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client

    def put(self, subject: Manifest) -> None:
        self._client.request("POST", path_of(subject), subject)

    def namespace(self, env: str) -> None:
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace"}
        body["metadata"] = {"name": NAMESPACES[env], "labels": {"blueocean.io/environment": env}}
        self._client.request("POST", "/api/v1/namespaces", body)

    def clear(self) -> None:
        for one in manifests(rules(), load_levels()):
            self._client.request("DELETE", f"{path_of(one)}/{one['metadata']['name']}")
        for name in NAMESPACES.values():
            self._client.request("DELETE", f"/api/v1/namespaces/{name}")

    def refusal(self, subject: Manifest) -> str:
        """What the server says to a dry run; empty when it accepts."""
        group, version, resource = RESOURCES[subject["kind"]]
        root = f"/apis/{group}/{version}" if group else f"/api/{version}"
        inside = "" if subject["kind"] == "Namespace" else f"/namespaces/{subject['metadata']['namespace']}"
        try:
            self._client.request("POST", f"{root}{inside}/{resource}?dryRun=All", real(subject))
        except KubeError as error:
            return "" if error.status == 409 else str(error)
        return ""


@pytest.fixture(scope="module")
def server(control_plane: RunningSandbox) -> Iterator[Server]:
    made = Server(KubeClient.of(Layout(control_plane.root)))
    for env in NAMESPACES:
        made.namespace(env)
    found = list(manifests(rules(), load_levels()))
    for one in found:
        made.put(one)
    # The API server takes policies up by a watch; until then it accepts everything.
    deadline = time.monotonic() + 60
    waiting = {case.rule: case for case in GUARDED if case.env != "dev"}
    while waiting and time.monotonic() < deadline:
        waiting = {rule: case for rule, case in waiting.items() if not any(map(made.refusal, changed(case)))}
    assert not waiting, sorted(waiting)
    yield made
    made.clear()


@pytest.mark.sandbox
@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_accepted_stack_is_admitted(server: Server, env: str) -> None:
    judged = {name: one for name, one in world(env).items() if one["kind"] in RESOURCES}
    assert {name: server.refusal(one) for name, one in judged.items()} == dict.fromkeys(judged, "")


@pytest.mark.sandbox
@pytest.mark.parametrize("case", GUARDED, ids=lambda case: case.id)
def test_a_fault_is_refused_at_admission_too(server: Server, case: Case) -> None:
    said = " ".join(server.refusal(one) for one in changed(case))
    if case.env == "dev":
        assert said == ""
    else:
        # What the API itself calls invalid never gets as far as a policy.
        assert f"[{case.rule}]" in said or re.search("is invalid|cannot be handled", said), said


@pytest.mark.sandbox
@pytest.mark.parametrize("case", [case for case in GOOD if case.rule in SAYABLE], ids=lambda case: case.id)
def test_what_is_right_is_admitted(server: Server, case: Case) -> None:
    guarded = [one for one in changed(case) if one["metadata"].get("namespace") in NAMESPACES.values()]
    assert f"[{case.rule}]" not in " ".join(server.refusal(one) for one in guarded)


@pytest.mark.sandbox
@pytest.mark.parametrize("rule", sorted(SAYABLE - REFUSED_BEFORE))
def test_every_rule_denies_by_its_own_name(server: Server, rule: str) -> None:
    subjects = [one for case in GUARDED if case.rule == rule for one in changed(case)]
    if rule == "pods-proc-mount-default":  # valid in a user namespace only
        subjects = [spoiled(one, "spec/template/spec/hostUsers", NO) for one in subjects]
    said = [server.refusal(one) for one in subjects]
    assert any(f"[{rule}]" in one for one in said), said


@pytest.mark.sandbox
def test_somebody_elses_namespace_is_not_guarded(server: Server) -> None:
    role = manifest("Role", "all", "prod", rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])
    assert server.refusal(spoiled(role, "metadata/namespace", "default")) == ""
    assert "[rbac-without-wildcards]" in server.refusal(role)
