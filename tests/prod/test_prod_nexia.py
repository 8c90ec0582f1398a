"""NEXIA in production on live objects: its table, the agent that never goes, what supervision may not do."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from sandbox import seed
from sandbox.kube import KubeClient, KubeError
from tests.commands import QUIET
from tests.e2e.harness import until
from tests.front_door import ask, check_doors, is_well
from tests.live_tenants import Tenants, check_apart, check_names, check_nobody
from tests.prod.prod_stack import Object, Stack, same, sizes, watched

pytestmark = pytest.mark.sandbox

SUPERVISOR, AGENT = "nexia-supervisor-prod", "nexia-claude-code-prod"
# Deployment -> namespace, (fewest pods, most pods, CPU target), requests, limits
TABLE = {
    "nexia-supervisor-prod": (SUPERVISOR, (2, 4, 80), ("512Mi", "500m"), ("1Gi", "1000m")),
    "nexia-api-prod": (SUPERVISOR, (2, 4, 80), ("512Mi", "500m"), ("1Gi", "1000m")),
    "nexia-voice-prod": (SUPERVISOR, (1, 2, 70), ("256Mi", "250m"), ("512Mi", "500m")),
    "nexia-directus-prod": (SUPERVISOR, (1, 3, 75), ("512Mi", "400m"), ("1Gi", "800m")),
    "nexia-claude-code-prod": (AGENT, (2, 3, 70), ("1Gi", "750m"), ("2Gi", "1500m")),
}
ACCOUNTS = {
    "nexia-supervisor-prod": SUPERVISOR,
    "nexia-api-prod": SUPERVISOR,
    "nexia-voice-prod": SUPERVISOR,
    "nexia-directus-prod": SUPERVISOR,
    "nexia-claude-code-prod": AGENT,
}
SUPERVISING = ("nexia-supervisor-prod", "nexia-claude-code-prod")
# What Kubernetes itself binds to everybody who is known: asking about oneself, and what the API offers.
FOR_EVERYBODY = {
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
}
ANYWHERE = ("kube-system", "default", "platform", "blueocean-nextgen-prod", SUPERVISOR, AGENT)
READS = (
    "namespaces",
    "nodes",
    "pods",
    "services",
    "events",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "replicasets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "horizontalpodautoscalers.autoscaling",
    "ingresses.networking.k8s.io",
)
# verb, resource: in no namespace at all
NEVER = (
    ("get", "secrets"),
    ("list", "secrets"),
    ("watch", "secrets"),
    ("get", "configmaps"),
    ("get", "pods/log"),
    ("get", "pods/exec"),
    ("create", "pods/exec"),
    ("create", "pods/attach"),
    ("create", "pods/portforward"),
    ("get", "pods/proxy"),
    ("get", "services/proxy"),
    ("get", "nodes/proxy"),
    ("create", "serviceaccounts/token"),
    ("create", "tokenreviews.authentication.k8s.io"),
    ("impersonate", "users"),
    ("impersonate", "serviceaccounts"),
    ("impersonate", "groups"),
    ("bind", "clusterroles.rbac.authorization.k8s.io"),
    ("escalate", "clusterroles.rbac.authorization.k8s.io"),
    ("bind", "roles.rbac.authorization.k8s.io"),
    ("escalate", "roles.rbac.authorization.k8s.io"),
    ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("create", "rolebindings.rbac.authorization.k8s.io"),
    ("create", "pods"),
    ("create", "pods/eviction"),
    ("delete", "pods"),
    ("delete", "namespaces"),
    ("create", "namespaces"),
    ("update", "deployments.apps"),
    ("patch", "deployments.apps"),
    ("patch", "deployments.apps/scale"),
    ("delete", "deployments.apps"),
    ("create", "jobs.batch"),
    ("deletecollection", "jobs.batch"),
    ("update", "horizontalpodautoscalers.autoscaling"),
    ("delete", "networkpolicies.networking.k8s.io"),
    ("update", "resourcequotas"),
    ("update", "nodes"),
    ("create", "certificatesigningrequests.certificates.k8s.io"),
    ("create", "validatingadmissionpolicies.admissionregistration.k8s.io"),
    ("create", "persistentvolumes"),
)


def agent_pods(client: KubeClient) -> list[Object]:
    """The agent's pods that are Ready and not on their way out."""
    found = client.request("GET", f"/api/v1/namespaces/{AGENT}/pods")["items"]
    return [
        one
        for one in found
        if "deletionTimestamp" not in one["metadata"]
        and any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in one.get("status", {}).get("conditions", ())
        )
    ]


def test_five_deployments_in_two_namespaces(nexia: Stack) -> None:
    found = {one["metadata"]["name"]: one["metadata"]["namespace"] for one in nexia.live("deployments")}
    assert found == {name: row[0] for name, row in TABLE.items()}
    assert {one["metadata"]["name"] for one in nexia.live("namespaces")} == {SUPERVISOR, AGENT}


@pytest.mark.parametrize("name", list(TABLE))
def test_a_component_is_what_its_row_says(nexia: Stack, name: str) -> None:
    space, (low, high, cpu), requests, limits = TABLE[name]
    live = nexia.get("deployment", name, f"--namespace={space}")
    (container,) = live["spec"]["template"]["spec"]["containers"]
    image = f"registry.digitalocean.com/blueocean/{name.removesuffix('-prod')}"
    assert container["image"].startswith(f"{image}:0.1.0@sha256:")
    assert sizes(container["resources"]) == (same(requests), same(limits))
    hpa = nexia.get("horizontalpodautoscaler", name, f"--namespace={space}")["spec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (low, high)
    assert hpa["metrics"][0]["resource"]["target"]["averageUtilization"] == cpu
    assert until(
        lambda: nexia.get("deployment", name, f"--namespace={space}")["status"].get("readyReplicas") == low
    )


def test_the_addresses(nexia: Stack) -> None:
    found = {
        (rule["host"], path["path"]): path["backend"]["service"]["name"]
        for one in nexia.live("ingresses")
        for rule in one["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert found == {
        ("nexia", "/"): "nexia-supervisor-prod",
        ("nexia", "/api"): "nexia-api-prod",
        ("nexia", "/admin"): "nexia-directus-prod",
        ("nexia", "/claude"): "nexia-claude-code-prod",
    }
    assert all(one["spec"]["tls"][0]["hosts"] == ["nexia"] for one in nexia.live("ingresses"))


# Section 2: path -> who answers; and where each says whether it is well
DOORS = {"/": "supervisor", "/api": "api", "/admin": "directus", "/claude": "claude-code"}
HEALTH = ("/api/health", "/admin/server/health", "/claude/health")


def test_a_path_is_answered_over_tls_by_its_component_and_plain_http_is_sent_there(nexia: Stack) -> None:
    check_doors(nexia.sandbox, "nexia", DOORS, "nexia")
    for path in HEALTH:
        assert until(partial(is_well, nexia.sandbox, "nexia", path)), path
        assert ask(nexia.sandbox, "nexia", path).page["status"] == "ok"


def test_the_agent_tells_its_state_and_its_level_of_delegation(nexia: Stack) -> None:
    told = ask(nexia.sandbox, "nexia", "/claude/status")
    assert (told.status, told.page["component"]) == (200, "claude-code")
    assert {"state", "delegation_level"} <= told.page.keys()


def test_the_tenants_are_those_of_the_spec_and_none_reaches_another(nexia: Stack) -> None:
    tenants = Tenants.of(nexia.sandbox, "nexia.prod")
    check_names(
        tenants,
        {"nexia_supervisor_production", "nexia_directus_production"},
        {"nexia-supervisor:prod:"},
    )
    check_apart(tenants)
    check_nobody(tenants)


def test_a_second_up_and_a_refresh_change_nothing(nexia: Stack) -> None:
    nexia.pulumi("preview", "--non-interactive", "--expect-no-changes")
    nexia.up("--expect-no-changes")
    nexia.pulumi("refresh", *QUIET, "--expect-no-changes")


def test_the_agents_pods_are_on_different_nodes(nexia: Stack) -> None:
    client = nexia.sandbox.context.kube()
    assert until(lambda: len(agent_pods(client)) == 2)
    assert len({one["spec"]["nodeName"] for one in agent_pods(client)}) == 2


def test_a_third_pod_and_a_rollout_keep_the_agent_on_two_nodes_or_more(nexia: Stack) -> None:
    client = nexia.sandbox.context.kube()
    nexia.kubectl("scale", "deployment", AGENT, f"--namespace={AGENT}", "--replicas=3")
    assert until(lambda: len(agent_pods(client)) == 3)
    assert len({one["spec"]["nodeName"] for one in agent_pods(client)}) == 3
    nexia.kubectl("scale", "deployment", AGENT, f"--namespace={AGENT}", "--replicas=2")
    assert until(lambda: len(agent_pods(client)) == 2)
    with watched(lambda: len({one["spec"]["nodeName"] for one in agent_pods(client)})) as nodes:
        nexia.kubectl("rollout", "restart", f"deployment/{AGENT}", f"--namespace={AGENT}")
        nexia.kubectl("rollout", "status", f"deployment/{AGENT}", f"--namespace={AGENT}", "--timeout=60s")
    assert min(nodes) >= 2
    nexia.up()  # the restart's annotation is not ours; nothing else is


def test_draining_all_its_nodes_at_once_never_takes_the_last_agent(nexia: Stack) -> None:
    client = nexia.sandbox.context.kube()
    assert until(lambda: len(agent_pods(client)) == 2)
    nodes = sorted({one["spec"]["nodeName"] for one in agent_pods(client)})
    drain = (
        "--delete-emptydir-data",
        "--pod-selector=app.kubernetes.io/component=claude-code",
        "--timeout=15s",
    )
    try:
        with watched(lambda: len(agent_pods(client))) as ready, ThreadPoolExecutor() as pool:
            told = list(pool.map(lambda node: nexia.kubectl("drain", node, *drain, code=None), nodes))
    finally:
        for node in nodes:
            nexia.kubectl("uncordon", node)
    assert min(ready) >= 1
    assert all("evict" in text for text in told)
    assert until(lambda: len(agent_pods(client)) == 2)


def test_the_last_agent_is_not_evicted_while_its_neighbour_has_no_successor(nexia: Stack) -> None:
    client = nexia.sandbox.context.kube()
    assert until(lambda: len(agent_pods(client)) == 2)
    first, second = (one["metadata"]["name"] for one in agent_pods(client))
    assert until(lambda: allowed_disruptions(nexia) == 1)
    nodes = [one["metadata"]["name"] for one in nexia.get("nodes")["items"]]
    nexia.kubectl("cordon", *nodes)  # the successor finds no node
    try:
        evict(client, first)
        with pytest.raises(KubeError, match="disruption budget"):
            evict(client, second)
    finally:
        nexia.kubectl("uncordon", *nodes)
    assert until(lambda: len(agent_pods(client)) == 2)


def allowed_disruptions(nexia: Stack) -> int:
    live = nexia.get("poddisruptionbudget", AGENT, f"--namespace={AGENT}")
    return int(live["status"]["disruptionsAllowed"])


def evict(client: KubeClient, name: str) -> None:
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": AGENT},
    }
    client.request("POST", f"/api/v1/namespaces/{AGENT}/pods/{name}/eviction", eviction)


def test_a_lost_node_leaves_an_agent_and_another_takes_its_place(nexia: Stack) -> None:
    client, credentials = nexia.sandbox.context.kube(), nexia.sandbox.context.credentials
    assert until(lambda: len(agent_pods(client)) == 2)
    lost = agent_pods(client)[0]["spec"]["nodeName"]

    def standing() -> set[str]:
        """Nodes that are there and have a ready agent."""
        nodes = {one["metadata"]["name"] for one in client.request("GET", "/api/v1/nodes")["items"]}
        return nodes & {one["spec"]["nodeName"] for one in agent_pods(client)}

    try:
        with watched(lambda: len(standing())) as ready:
            client.request("DELETE", f"/api/v1/nodes/{lost}")
            # What is bound to a node that is gone is collected after 40 to 60 seconds.
            assert until(lambda: len(standing()) == 2, 150, 0.5)
        assert lost not in standing()
        assert min(ready) == 1
    finally:
        seed.apply(client, credentials)
    assert until(lambda: lost in {one["metadata"]["name"] for one in nexia.get("nodes")["items"]})


@pytest.mark.parametrize("account", SUPERVISING)
def test_supervision_reads_what_runs_everywhere(nexia: Stack, account: str) -> None:
    client = nexia.sandbox.context.kube()
    asked = [*(("list", one) for one in READS), ("get", "pods"), ("watch", "deployments.apps")]
    assert [one for one in asked if not allowed(client, account, *one)] == []


@pytest.mark.parametrize("namespace", ANYWHERE)
@pytest.mark.parametrize("account", SUPERVISING)
def test_all_its_verbs_are_those_of_reading(nexia: Stack, account: str, namespace: str) -> None:
    who = f"--as={user_of(account)}"
    listed = nexia.kubectl("auth", "can-i", "--list", who, f"--namespace={namespace}", "--no-headers")
    verbs = {
        line.split()[0]: set(line[line.rindex("[") + 1 : line.rindex("]")].split())
        for line in listed.splitlines()
        if not line.startswith(" ")
    }
    writing = {what for what, may in verbs.items() if may - {"get", "list", "watch"}}
    # What Kubernetes grants everybody: asking about oneself.
    assert writing == {
        "selfsubjectaccessreviews.authorization.k8s.io",
        "selfsubjectreviews.authentication.k8s.io",
        "selfsubjectrulesreviews.authorization.k8s.io",
    }
    assert "pods" in verbs


def test_no_binding_in_the_cluster_names_an_account_but_the_one_for_reading(nexia: Stack) -> None:
    named = [one for one in bindings(nexia) if set(map(account_of, one["subjects"])) & set(ACCOUNTS)]
    (one,) = named
    assert (one["kind"], one["roleRef"]["kind"]) == ("ClusterRoleBinding", "ClusterRole")
    assert set(map(account_of, one["subjects"])) == {"nexia-supervisor-prod", "nexia-claude-code-prod"}


def test_no_binding_in_the_cluster_grants_them_anything_as_a_group(nexia: Stack) -> None:
    groups = {"system:authenticated", "system:serviceaccounts"}
    groups |= {f"system:serviceaccounts:{space}" for space in (SUPERVISOR, AGENT)}
    found = {
        one["roleRef"]["name"]
        for one in bindings(nexia)
        for subject in one["subjects"]
        if subject["kind"] == "Group" and subject["name"] in groups
    }
    assert found == FOR_EVERYBODY


def bindings(nexia: Stack) -> list[Object]:
    """Every binding in the cluster that has subjects, whosever it is."""
    items = nexia.get("clusterrolebindings,rolebindings", "--all-namespaces")["items"]
    return [one for one in items if one.get("subjects")]


def account_of(subject: Object) -> str | None:
    """Which of NEXIA's service accounts it is."""
    known = subject["kind"] == "ServiceAccount" and ACCOUNTS.get(subject["name"]) == subject["namespace"]
    return subject["name"] if known else None


@pytest.mark.parametrize("account", list(ACCOUNTS))
def test_no_account_may_do_any_of_it_anywhere(nexia: Stack, account: str) -> None:
    """The API's own answer, for all namespaces at once and for each one of interest."""
    client = nexia.sandbox.context.kube()
    places = ("", *ANYWHERE, "monitoring", "blueocean-build", "blueocean-kvibe-prod")
    with ThreadPoolExecutor(4) as pool:
        asked = [(verb, resource, place) for verb, resource in NEVER for place in places]
        answers = list(pool.map(lambda one: allowed(client, account, *one), asked))
    assert [one for one, yes in zip(asked, answers, strict=True) if yes] == []
    reads = allowed(client, account, "list", "pods")
    assert reads is (account in {"nexia-supervisor-prod", "nexia-claude-code-prod"})


def user_of(account: str) -> str:
    """As what the API server knows a service account of NEXIA's."""
    return f"system:serviceaccount:{ACCOUNTS[account]}:{account}"


def allowed(client: KubeClient, account: str, verb: str, resource: str, place: str = "") -> bool:
    """Whether the API server would let a service account do that in a namespace; empty: in all of them."""
    namespaced = f"system:serviceaccounts:{ACCOUNTS[account]}"
    groups = ["system:serviceaccounts", namespaced, "system:authenticated"]
    kind, _, sub = resource.partition("/")
    name, _, group = kind.partition(".")
    what = {"verb": verb, "resource": name, "group": group, "subresource": sub, "namespace": place}
    spec = {"user": user_of(account), "groups": groups, "resourceAttributes": what}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    answer = client.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(answer["status"]["allowed"])


def test_the_other_components_may_nothing(nexia: Stack) -> None:
    for name in ("nexia-api-prod", "nexia-voice-prod", "nexia-directus-prod"):
        who = f"--as={user_of(name)}"
        said = nexia.kubectl("auth", "can-i", "list", "pods", who, "--all-namespaces", code=1)
        assert said.startswith("no")


def test_only_the_supervising_pods_carry_a_token(nexia: Stack) -> None:
    carrying = set()
    for one in nexia.live("deployments"):
        pod = one["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        for volume in pod["volumes"]:
            for source in volume.get("projected", {}).get("sources", ()):
                if "serviceAccountToken" in source:
                    assert source["serviceAccountToken"]["expirationSeconds"] == 3600
                    carrying.add(one["metadata"]["name"])
    assert carrying == {"nexia-supervisor-prod", "nexia-claude-code-prod"}
    accounts = nexia.live("serviceaccounts")
    assert len(accounts) == 5
    assert all(one["automountServiceAccountToken"] is False for one in accounts)


def test_the_agents_own_token_reads_and_nothing_else(nexia: Stack) -> None:
    token = nexia.kubectl("create", "token", "nexia-claude-code-prod", f"--namespace={AGENT}").strip()
    context = nexia.sandbox.context
    agent = KubeClient(context.port("kube-apiserver"), token, context.layout.pki / "ca.crt")
    assert agent.request("GET", "/api/v1/pods")["items"]
    status, body = agent.raw("/api/v1/namespaces/platform/secrets")
    assert status == 403
    assert "postgres-central-admin" not in body.decode()
    assert agent.raw(f"/api/v1/namespaces/{AGENT}/secrets")[0] == 403


def test_a_destroy_is_refused_and_nothing_is_touched(nexia: Stack) -> None:
    kinds = "deployments,services,ingresses,horizontalpodautoscalers,clusterrolebindings"
    before = len(nexia.live(kinds))
    assert before == 5 + 5 + 2 + 5 + 1
    said = nexia.refused("destroy", "--yes", "--non-interactive", "--color=never")
    assert "because it is protected" in said
    assert len(nexia.live(kinds)) == before


def test_without_the_api_servers_address_nothing_is_done(nexia: Stack) -> None:
    file = nexia.folder / "Pulumi.prod.yaml"
    before = file.read_text()
    try:
        for value in ("[]", "[10.0.0.0/8]", "[nowhere]"):
            file.write_text(before.partition("config:")[0] + f"config:\n  nexia:apiServerCidrs: {value}\n")
            told = nexia.refused("preview", "--non-interactive", "--color=never")
            assert "Nothing was touched" in told
            assert ("set nexia:apiServerCidrs" if value == "[]" else value.strip("[]")) in told
            assert "Traceback" not in told
    finally:
        file.write_text(before)


def test_unprotected_it_goes_without_a_trace(nexia: Stack) -> None:
    nexia.intact = False
    nexia.pulumi("state", "unprotect", "--all", "--yes")
    nexia.pulumi("destroy", *QUIET)
    assert until(lambda: not nexia.live("namespaces,deployments,services,clusterroles,clusterrolebindings"))
