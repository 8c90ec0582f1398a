"""The same verdict at admission: a real API server with what CEL can say, against the same cases."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.admission import GATEWAYS, RESOURCES, admission, guards
from policies.objects import Environment
from policies.rule import ALL_ENVIRONMENTS, rules
from policies.waivers import Waiver, Waivers
from sandbox.kube import KubeClient, KubeError
from sandbox.layout import Layout
from tests.conftest import RunningSandbox
from tests.e2e.harness import until
from tests.policies.policy_cases import Case
from tests.policies.policy_objects import (
    DIGEST,
    NAMESPACES,
    Manifest,
    container,
    manifest,
    pod_spec,
    spoiled,
    world,
)
from tests.policies.policy_sweep import NEEDS, storable
from tests.policies.policy_upstream import must_fail, pods
from tests.policies.test_policies_own_stacks import STACKS
from tests.policies.test_policies_pod_security import KINDS
from tests.policies.test_policies_rules import BAD, GOOD
from tests.policies.test_policies_standard import WINDOWS, wrap
from tests.rendered import rendered

SAYABLE = {rule.id for rule in rules() if rule.meta.cel}
YES, NO = True, False


OTHERS = ("blueocean-build", "monitoring")
"""Rooms of prod whose tiers allow what the apps' forbids."""
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


LATER = YESTERDAY + timedelta(days=60)


def waiver(name: str, expires: date, rule: str = "images-by-digest") -> Waiver:
    return Waiver(
        rule=rule,
        resource=f"Deployment/blueocean-nextgen-prod/{name}-*",
        reason="the vendor has none",
        owner="Ada",
        expires=expires,
        ticket="T-1",
    )


# A refusal names just the first rule: where the API wants something beside a rule's own fault that another
# rule refuses, that one is waived for objects of the name, and the rule itself has to speak.
MASKED = {rule: (path, other) for rule, (path, _, other) in NEEDS.items() if other}
# One waiver counts for a long time, one ended with yesterday: the guards were made while it still counted.
GUARDS = replace(
    guards(),
    waivers=Waivers(
        waivers=(
            waiver("waived", LATER),
            waiver("expired", YESTERDAY),
            *(waiver(rule, LATER, other) for rule, (_, other) in MASKED.items()),
        )
    ),
    today=YESTERDAY,
)


def definitions() -> list[Manifest]:
    """A CustomResourceDefinition for each kind of the Gateway API that is guarded."""
    return [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{plural}.{group}",
                "annotations": {"api-approved.kubernetes.io": "unapproved, a test's own"},
            },
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
                "versions": [
                    {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": FREE}}
                ],
            },
        }
        for kind, (group, version, plural) in RESOURCES.items()
        if group == GATEWAYS
    ]


FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def real(subject: Manifest) -> Manifest:
    """What the API asks for and no rule looks at."""
    made = dict(subject)
    if made["kind"] == "Deployment":
        made = spoiled(made, "spec/selector", {})
        labels = made["spec"]["template"].setdefault("metadata", {}).setdefault("labels", {"a": "b"})
        made["spec"]["selector"]["matchLabels"] = labels
    if made["kind"] == "Service":
        made = spoiled(made, "spec/ports", [{"port": 80}])
    if made["kind"] == "PersistentVolumeClaim":
        made["spec"] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
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
# Only the engine writes whole numbers like that; the API takes none, so no policy is asked.
NO_NUMBER = {"scaling-budget-permits-drain:zero, as the engine says it"}


def test_a_rule_claims_admission_exactly_where_cel_says_it() -> None:
    assert {rule.id for rule in rules() if "admission" in rule.places} == SAYABLE
    assert len(SAYABLE) >= 20


def of_kind(kind: str, *environments: Environment) -> dict[str, Manifest]:
    found = guards().manifests(rules(), environments or ("dev", "staging", "prod"))
    return {one["metadata"]["name"]: one for one in found if one["kind"] == kind}


def judging(kind: str) -> dict[str, Manifest]:
    """What speaks for rules; the emergency's own policies are tested by `test_policies_break_glass`."""
    return {name: one for name, one in of_kind(kind).items() if "break-glass" not in name}


def test_prod_and_staging_deny_and_dev_warns() -> None:
    bindings = judging("ValidatingAdmissionPolicyBinding")
    actions = {(name.split("-")[1], *one["spec"]["validationActions"]) for name, one in bindings.items()}
    assert actions == {("prod", "Deny"), ("staging", "Deny"), ("dev", "Warn", "Audit")}


def test_a_binding_guards_the_namespaces_of_its_own_environment() -> None:
    for name, one in judging("ValidatingAdmissionPolicyBinding").items():
        assert one["spec"]["policyName"] == name
        selector = one["spec"]["matchResources"]["namespaceSelector"]
        assert selector == {"matchLabels": {"blueocean.io/environment": name.split("-")[1]}}


def test_the_inventory_of_an_environment() -> None:
    subjects = ["configmaps", "namespaces", "poddisruptionbudgets", "roles", "routes", "services", "tokens"]
    subjects.append("workloads")
    for environment in ("staging", "prod"):
        found = of_kind("ValidatingAdmissionPolicy", environment)
        own = [f"blueocean-{environment}-{one}" for one in subjects]
        assert sorted(found) == sorted(
            [*own, f"blueocean-{environment}-break-glass", f"blueocean-{environment}-break-glass-token"]
        )
    subjects.remove("routes")  # a rule about TLS, which dev may do without
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
        for one in judging("ValidatingAdmissionPolicy").values()
        for each in one["spec"]["validations"]
    ]
    for rule in rules():
        own = [one for one in said if one.startswith(f"[{rule.id}] ")]
        assert len(own) == (len(rule.meta.environments) if rule.meta.cel else 0), rule.id


def path_of(one: Manifest) -> str:
    plurals = {
        "CustomResourceDefinition": "customresourcedefinitions",
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

    def __init__(self, client: KubeClient, env: Mapping[str, str]) -> None:
        self._client, self._env = client, env

    def put(self, subject: Manifest) -> None:
        self._client.request("POST", path_of(subject), subject)

    def namespace(self, name: str, env: str) -> None:
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace"}
        body["metadata"] = {"name": name, "labels": {"blueocean.io/environment": env}}
        self._client.request("POST", "/api/v1/namespaces", body)

    def gateways(self) -> None:
        """Kinds of the Gateway API as the cluster's owner installs them, without their schemas."""
        for one in definitions():
            self.put(one)
        served = [one for one in RESOURCES.values() if one[0] == GATEWAYS]
        assert until(lambda: all(self.has(f"/apis/{'/'.join(one)}") for one in served), 60, 0.2)

    def has(self, path: str) -> bool:
        try:
            self._client.request("GET", path)
        except KubeError:
            return False
        return True

    def clear(self) -> None:
        for one in [*GUARDS.manifests(rules()), *definitions()]:
            self._client.request("DELETE", f"{path_of(one)}/{one['metadata']['name']}")

    def run(self, pod: Manifest) -> None:
        self._client.request("POST", f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods", pod)

    def write(self, subject: Manifest, patch: Manifest | None = None) -> str:
        """What the server says to a Deployment, or to a change of one, that is really made."""
        path = f"/apis/apps/v1/namespaces/{subject['metadata']['namespace']}/deployments"
        try:
            if patch is None:
                self._client.request("POST", path, real(subject))
            else:
                found = self._client.request("GET", f"{path}/{subject['metadata']['name']}")
                found["spec"]["template"]["spec"]["containers"][0] |= patch
                del found["metadata"]["resourceVersion"]  # a controller writes its status meanwhile
                self._client.request("PUT", f"{path}/{subject['metadata']['name']}", found)
        except KubeError as error:
            return str(error)
        return ""

    def replace(self, subject: Manifest) -> None:
        path = f"{path_of(subject)}/{subject['metadata']['name']}"
        found = self._client.request("GET", path)
        self._client.request("PUT", path, found | {"spec": subject["spec"]})

    def warnings(self, subject: Manifest) -> str:
        """What kubectl shows to who creates the object, beside the answer."""
        command = ["kubectl", "create", "--dry-run=server", "--filename=-"]
        done = subprocess.run(
            command,
            env=dict(self._env),
            input=json.dumps(real(subject)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stderr if done.returncode == 0 or "AlreadyExists" in done.stderr else ""

    def attach(self, pod: str, container: Manifest) -> str:
        """What the server says to a container for debugging in a pod that runs, as `kubectl debug` asks."""
        path = f"/api/v1/namespaces/{NAMESPACES['prod']}/pods/{pod}"
        found = self._client.request("GET", path)
        found["spec"]["ephemeralContainers"] = [container]
        del found["metadata"]["resourceVersion"]  # whatever others wrote into its status meanwhile
        try:
            self._client.request("PUT", f"{path}/ephemeralcontainers?dryRun=All", found)
        except KubeError as error:
            return str(error)
        return ""

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
    made = Server(KubeClient.of(Layout(control_plane.root)), control_plane.env)
    for env, name in NAMESPACES.items():
        made.namespace(name, env)
    for name in OTHERS:
        made.namespace(name, "prod")
    made.gateways()
    for one in GUARDS.manifests(rules()):
        made.put(one)
    # The API server takes policies up by a watch; until then it accepts everything.
    deadline = time.monotonic() + 60
    waiting = {case.rule: case for case in GUARDED if case.env != "dev"}
    while waiting and time.monotonic() < deadline:
        waiting = {rule: case for rule, case in waiting.items() if not any(map(made.refusal, changed(case)))}
    assert not waiting, sorted(waiting)
    yield made
    made.clear()
    control_plane.delete_namespaces(*NAMESPACES.values(), *OTHERS)


@pytest.mark.sandbox
@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_accepted_stack_is_admitted(server: Server, env: str) -> None:
    judged = {name: one for name, one in world(env).items() if one["kind"] in RESOURCES}
    assert {name: server.refusal(one) for name, one in judged.items()} == dict.fromkeys(judged, "")


@pytest.mark.sandbox
@pytest.mark.parametrize("case", GUARDED, ids=lambda case: case.id)
def test_a_fault_is_refused_at_admission_too(server: Server, case: Case) -> None:
    subjects = [valid(case.rule, one) for one in changed(case)]
    said = " ".join(server.refusal(one) for one in subjects)
    if case.env == "dev":
        assert said == ""
        said = " ".join(map(server.warnings, subjects))
    assert ("cannot unmarshal number 0.0" if case.id in NO_NUMBER else f"[{case.rule}]") in said


@pytest.mark.sandbox
@pytest.mark.parametrize("case", [case for case in GOOD if case.rule in SAYABLE], ids=lambda case: case.id)
def test_what_is_right_is_admitted(server: Server, case: Case) -> None:
    guarded = [one for one in changed(case) if one["metadata"].get("namespace") in NAMESPACES.values()]
    assert f"[{case.rule}]" not in " ".join(server.refusal(one) for one in guarded)


def valid(rule: str, subject: Manifest) -> Manifest:
    """The fault of a rule's case in an object that the API takes, so that the policies are asked."""
    made = storable(rule, subject)
    return spoiled(made, "metadata/name", f"{rule}-api") if rule in MASKED else made


@pytest.mark.sandbox
@pytest.mark.parametrize("rule", sorted(SAYABLE))
def test_every_rule_denies_by_its_own_name(server: Server, rule: str) -> None:
    subjects = [valid(rule, one) for case in GUARDED if case.rule == rule for one in changed(case)]
    said = [server.refusal(one) for one in subjects]
    assert any(f"[{rule}]" in one for one in said), said


@pytest.mark.sandbox
@pytest.mark.parametrize("rule", sorted(MASKED))
def test_what_such_a_setting_needs_is_refused_or_waived_alone(server: Server, rule: str) -> None:
    path, other = MASKED[rule]
    subject = spoiled(world("prod")["deployment"], path, YES)
    assert f"[{other}]" in server.refusal(subject)
    assert server.refusal(spoiled(subject, "metadata/name", f"{rule}-api")) == ""


def unpinned(name: str) -> Manifest:
    """A Deployment that only `images-by-digest` refuses; it runs nothing."""
    made = spoiled(world("prod")["deployment"], "metadata/name", name)
    return spoiled(spoiled(made, IMAGE, TAGGED), "spec/replicas", 0)


EPHEMERAL = ("name", "image", "securityContext", "env")
"""What such a container may have of ours: no resources, ports or probes."""
IMAGE = "spec/template/spec/containers/0/image"
TAGGED = "registry.digitalocean.com/blueocean/nextgen-api:1.4.0"


@pytest.mark.sandbox
def test_a_waiver_is_honoured_for_its_object_and_its_rule(server: Server) -> None:
    assert server.refusal(unpinned("waived-api")) == ""
    assert "[images-by-digest]" in server.refusal(unpinned("other-api"))
    assert "[images-by-digest]" in server.refusal(unpinned("not-waived-api"))
    elsewhere = spoiled(unpinned("waived-api"), IMAGE, "docker.io/vendor/api:1")
    assert "[images-from-our-registry]" in server.refusal(elsewhere)


@pytest.mark.sandbox
def test_a_waiver_ends_at_admission_too_though_its_guard_is_still_there(server: Server) -> None:
    assert "[images-by-digest]" in server.refusal(unpinned("expired-api"))


@pytest.mark.sandbox
def test_a_change_is_dated_by_the_server(server: Server) -> None:
    """The end of a waiver in a few seconds: what is written before passes, a change behind it does not."""
    assert any(dated(server, seconds) for seconds in (8, 16, 32)), "the server took no guard up in time"


def dated(server: Server, seconds: int) -> bool:
    """Whether there was time for what is written before the waiver's end; a machine may be busy elsewhere."""
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    guard = next(
        one
        for one in GUARDS.manifests(rules(), ("prod",))
        if one["metadata"]["name"] == "blueocean-prod-workloads"
    )
    text = json.dumps(guard).replace(
        f"{YESTERDAY + timedelta(days=1)}T00:00:00Z", f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    )
    server.replace(json.loads(text))
    subject = unpinned(f"expired-web-{seconds}")
    while said := server.write(subject):
        assert "[images-by-digest]" in said
        if datetime.now(UTC) >= ends:
            return False
    if said := server.write(subject, {"env": [{"name": "A", "value": "1"}]}):
        assert "[images-by-digest]" in said
        assert datetime.now(UTC) >= ends
        return False
    while datetime.now(UTC) < ends + timedelta(seconds=1):
        time.sleep(0.2)
    assert "[images-by-digest]" in server.write(subject, {"env": [{"name": "A", "value": "2"}]})
    return True


def ours(kind: str, pod: Manifest) -> Manifest:
    """A pod of the standard as a workload that the API takes and only rules about pods can refuse."""
    right = container("prod")
    spec = dict(pod["spec"]) | {"automountServiceAccountToken": NO}
    for place in ("containers", "initContainers"):
        if place in spec:
            spec[place] = [one | {key: right[key] for key in ("image", "resources")} for one in spec[place]]
    if "procMount" in json.dumps(spec):  # valid in a user namespace only
        spec["hostUsers"] = NO
    if kind in ("Job", "CronJob"):
        spec["restartPolicy"] = "Never"
    made = wrap(kind, pod | {"spec": spec})
    if kind == "CronJob":
        return spoiled(made, "spec/schedule", "@daily")
    if kind in ("Pod", "PodTemplate", "Job"):
        return made
    chosen = {"a": "b"}
    made["spec"]["template"]["metadata"]["labels"] = chosen
    return spoiled(
        made, "spec/selector", chosen if kind == "ReplicationController" else {"matchLabels": chosen}
    )


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", KINDS)
def test_the_standard_s_own_cases_are_judged_for_the_pod_s_security(server: Server, kind: str) -> None:
    """The 110 that must fail are refused by rules about pods; those that must pass are admitted."""
    said = {name: server.refusal(ours(kind, pod)) for name, pod in must_fail().items()}
    assert len(said) == 110
    assert {name: one for name, one in said.items() if "[pods-" not in one} == {}
    passed = {name: server.refusal(ours(kind, pod)) for name, pod in pods("restricted", "pass").items()}
    refused = {name: one for name, one in passed.items() if one}
    assert set(refused) == WINDOWS, refused
    assert all("[pods-" in one for one in refused.values()), refused


@pytest.mark.sandbox
def test_a_container_for_debugging_is_held_to_the_rules_of_the_pod(server: Server) -> None:
    spec = {key: one for key, one in pod_spec("prod").items() if key != "serviceAccountName"}
    server.run(manifest("Pod", "debugged", "prod", spec=spec))
    right = {key: one for key, one in container("prod", "debug").items() if key in EPHEMERAL}
    assert server.attach("debugged", right) == ""
    assert "[images-from-our-registry]" in server.attach(
        "debugged", right | {"image": f"docker.io/library/busybox:1@{DIGEST}"}
    )
    unsafe = spoiled(right, "securityContext/allowPrivilegeEscalation", YES)
    assert "[pods-no-privilege-escalation]" in server.attach("debugged", unsafe)


@pytest.mark.sandbox
@pytest.mark.parametrize("name", STACKS)
def test_our_own_stacks_are_admitted(server: Server, name: str) -> None:
    manifests = rendered(name)
    said = {}
    for one in manifests:
        if one["kind"] not in RESOURCES or one["metadata"].get("namespace") == "platform":
            continue  # no label of an environment: not guarded
        inside = one["metadata"].get("namespace")
        if inside and inside not in (*NAMESPACES.values(), *OTHERS):
            # Judged as if it lay in a room that is there; the tier of both is the same.
            one["metadata"]["namespace"] = NAMESPACES[one["metadata"]["labels"]["blueocean.io/environment"]]
        if answer := server.refusal(one):
            said[f"{one['kind']} {one['metadata']['name']}"] = answer
    assert said == {}
    assert len(manifests) > 40


@pytest.mark.sandbox
def test_somebody_elses_namespace_is_not_guarded(server: Server) -> None:
    role = manifest("Role", "all", "prod", rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])
    assert server.refusal(spoiled(role, "metadata/namespace", "default")) == ""
    assert "[rbac-without-wildcards]" in server.refusal(role)
