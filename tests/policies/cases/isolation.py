"""Environments, namespaces, networks, accounts, roles."""

from tests.policies.policy_cases import Case, added, change
from tests.policies.policy_objects import (
    REMOVE,
    Manifest,
    labels,
    manifest,
    namespace,
    pod_spec,
    spoiled,
    world,
)

PSA = "pod-security.kubernetes.io/enforce"


def _with(env: str, where: str, **changes: object) -> dict[str, Manifest]:
    """The accepted stack with labels set on one object; None removes one."""
    objects = world(env)
    found = objects[where]["metadata"]["labels"]
    for key, value in changes.items():
        name = {"environment": "blueocean.io/environment", "level": PSA, "version": f"{PSA}-version"}[key]
        found.pop(name)
        if value is not None:
            found[name] = value
    return objects


def _elsewhere(kind: str, namespace: str | None, name: str = "extra", **parts: object) -> Manifest:
    made = manifest(kind, name, "dev", **parts)
    if namespace is None:
        del made["metadata"]["namespace"]
    else:
        made["metadata"]["namespace"] = namespace
    return made


def _nexia(kind: str, verbs: list[str], resources: list[str], namespace: str | None) -> dict[str, Manifest]:
    """A grant to NEXIA's account beside the accepted dev stack."""
    rules = [{"apiGroups": [""], "resources": resources, "verbs": verbs}]
    role = _elsewhere(kind, namespace, "watch", rules=rules)
    subject = {"kind": "ServiceAccount", "name": "nexia-supervisor", "namespace": "nexia-supervisor-dev"}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "watch"}
    bound = _elsewhere(f"{kind}Binding", namespace, "watch", roleRef=ref, subjects=[subject])
    for one in (role, bound):
        one["metadata"]["labels"] = labels("dev", "nexia")
    return world("dev") | {"watch": role, "bound": bound}


def _opening(rules: list[object], direction: str = "ingress") -> Manifest:
    return manifest("NetworkPolicy", "open", "prod", spec={"podSelector": {}, direction: rules})


AGENTS = "rbac-agents-only-watch"
NAMED = {"key": "kubernetes.io/metadata.name", "operator": "Exists"}
OPEN = "isolation-network-stays-closed"
CASES = [
    Case(
        "isolation-environment-named",
        "no label",
        "prod",
        "its label blueocean.io/environment is missing",
        _with("prod", "config", environment=None),
    ),
    Case(
        "isolation-environment-named",
        "an unknown environment",
        "prod",
        "its label blueocean.io/environment is test",
        _with("prod", "config", environment="test"),
    ),
    Case(
        "isolation-environments-apart",
        "dev in prod's namespace",
        "prod",
        "its label says dev, its namespace says prod, its stack says prod: environments must not mix",
        _with("prod", "config", environment="dev"),
    ),
    added(
        "isolation-environments-apart",
        "prod's object in the dev stack",
        manifest("ConfigMap", "stray", "prod", data={}),
        "its label says prod, its namespace says prod, its stack says dev: environments must not mix",
        "dev",
    ),
    added(
        "isolation-environments-apart",
        "shared rooms have none",
        _elsewhere("ConfigMap", "platform", data={}),
        None,
        "dev",
    ),
    added(
        "isolation-namespace-known",
        "kube-system",
        _elsewhere("ConfigMap", "kube-system", data={}),
        "namespace kube-system belongs to no tier",
        "dev",
    ),
    added(
        "isolation-namespace-known",
        "default",
        _elsewhere("ConfigMap", None, data={}),
        "it names no namespace and would land in default",
        "dev",
    ),
    Case(
        "isolation-default-deny-present",
        "none",
        "prod",
        "no NetworkPolicy in it denies all traffic by default",
        {key: one for key, one in world("prod").items() if key != "deny"},
    ),
    Case(
        "isolation-default-deny-present",
        "none in a namespace that is being deleted",
        "prod",
        None,
        {key: one for key, one in world("prod").items() if key != "deny"}
        | {"namespace": spoiled(namespace("prod"), "metadata/deletionTimestamp", "2026-11-23T12:00:00Z")},
    ),
    change(
        "isolation-default-deny-present",
        "for some pods only",
        "deny",
        "spec/podSelector/matchLabels",
        {"app": "x"},
        "no NetworkPolicy in it denies all traffic by default",
    ),
    change(
        "isolation-default-deny-present",
        "ingress only",
        "deny",
        "spec/policyTypes",
        ["Ingress"],
        "no NetworkPolicy in it denies all traffic by default",
    ),
    change(
        "isolation-default-deny-present",
        "with an opening",
        "deny",
        "spec/ingress",
        [{"from": [{"podSelector": {}}]}],
        "no NetworkPolicy in it denies all traffic by default",
    ),
    added(OPEN, "to everybody", _opening([{}]), "an ingress rule names no peers and is open to everybody"),
    added(
        OPEN,
        "no peers but a port",
        _opening([{"ports": [{"port": 443}]}], "egress"),
        "an egress rule names no peers and is open to everybody",
    ),
    added(
        OPEN,
        "all namespaces",
        _opening([{"from": [{"namespaceSelector": {}}]}]),
        "an ingress rule selects every pod of every namespace",
    ),
    *[
        added(
            OPEN,
            f"all namespaces, {name}",
            _opening([{"from": [peer]}]),
            "an ingress rule selects every pod of every namespace",
        )
        for name, peer in (
            ("empty inside", {"namespaceSelector": {"matchLabels": {}}}),
            ("by the name that each has", {"namespaceSelector": {"matchExpressions": [NAMED]}}),
            ("pods empty inside", {"namespaceSelector": {}, "podSelector": {"matchLabels": {}}}),
        )
    ],
    *[
        added(OPEN, name, _opening([{"from": [peer]}]), None)
        for name, peer in (
            (
                "some pods of all namespaces",
                {"namespaceSelector": {}, "podSelector": {"matchLabels": {"a": "b"}}},
            ),
            ("some namespaces", {"namespaceSelector": {"matchExpressions": [NAMED | {"key": "a"}]}}),
        )
    ],
    change(
        OPEN,
        "metadata service",
        "egress",
        "spec/egress/0/to/0/ipBlock/except",
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        "an egress rule to 0.0.0.0/0 reaches 169.254.0.0/16",
    ),
    added(
        OPEN,
        "IPv6 inside",
        _opening([{"to": [{"ipBlock": {"cidr": "::/0", "except": ["fc00::/7"]}}]}], "egress"),
        "an egress rule to ::/0 reaches fe80::/10",
    ),
    *[
        added(OPEN, name, _opening([{"to": [{"ipBlock": block}]}], "egress"), message)
        for name, block, message in (
            (
                "the metadata service itself",
                {"cidr": "169.254.169.254/32"},
                "an egress rule to 169.254.169.254/32 reaches 169.254.169.254/32",
            ),
            (
                "its network",
                {"cidr": "169.254.169.0/24"},
                "an egress rule to 169.254.169.0/24 reaches 169.254.169.0/24",
            ),
            (
                "half of a private range",
                {"cidr": "10.128.0.0/9"},
                "an egress rule to 10.128.0.0/9 reaches 10.128.0.0/9",
            ),
            (
                "a part that stays open",
                {"cidr": "10.0.0.0/8", "except": ["10.128.0.0/9"]},
                "an egress rule to 10.0.0.0/8 reaches 10.0.0.0/8",
            ),
            ("both halves excepted", {"cidr": "10.0.0.0/8", "except": ["10.128.0.0/9", "10.0.0.0/9"]}, None),
            ("a server inside", {"cidr": "10.1.2.3/32"}, None),
            ("a small network inside", {"cidr": "10.1.2.0/24"}, None),
            ("the node's own resolver", {"cidr": "169.254.20.10/32"}, None),
            ("an address with the length of its network", {"cidr": "203.0.113.7/24"}, None),
        )
    ],
    added(
        OPEN,
        "an unreadable block",
        _opening([{"to": [{"ipBlock": {"cidr": "all"}}]}], "egress"),
        "the rule could not judge it, ValueError",
    ),
    added(OPEN, "own pods", _opening([{"from": [{"podSelector": {}}]}]), None),
    Case(
        "namespaces-enforce-pod-security",
        "none",
        "prod",
        "it enforces no standard where restricted is due",
        _with("prod", "namespace", level=None),
    ),
    Case(
        "namespaces-enforce-pod-security",
        "baseline",
        "prod",
        "it enforces baseline where restricted is due",
        _with("prod", "namespace", level="baseline"),
    ),
    Case(
        "namespaces-enforce-pod-security",
        "moving version",
        "prod",
        "it enforces restricted at the version latest, which is not pinned",
        _with("prod", "namespace", version="latest"),
    ),
    Case(
        "namespaces-enforce-pod-security",
        "no version",
        "prod",
        "it enforces restricted at the version of the day, which is not pinned",
        _with("prod", "namespace", version=None),
    ),
    change(
        "identity-no-default-token",
        "by default",
        "deployment",
        "spec/template/spec/automountServiceAccountToken",
        REMOVE,
        "it mounts the token of the service account nextgen-api",
    ),
    change(
        "identity-no-default-token",
        "the default account's",
        "deployment",
        "spec/template/spec",
        {key: one for key, one in pod_spec("prod").items() if not key.endswith(("Token", "Name"))},
        "it mounts the token of the service account default",
    ),
    change(
        "identity-no-default-token",
        "service account",
        "account",
        "automountServiceAccountToken",
        REMOVE,
        "it does not set automountServiceAccountToken to false",
    ),
    change("rbac-without-wildcards", "verbs", "role", "rules/0/verbs", ["*"], "it grants * in verbs"),
    change(
        "rbac-without-wildcards",
        "resources",
        "role",
        "rules/0/resources",
        ["*/scale"],
        "it grants * in resources",
    ),
    change(
        "rbac-without-wildcards", "groups", "role", "rules/0/apiGroups", ["*"], "it grants * in apiGroups"
    ),
    Case(AGENTS, "watching", "dev", None, _nexia("ClusterRole", ["get", "list", "watch"], ["pods"], None)),
    Case(
        AGENTS,
        "writing everywhere",
        "dev",
        "it lets NEXIA delete, patch pods outside its namespaces",
        _nexia("ClusterRole", ["get", "patch", "delete"], ["pods"], None),
    ),
    Case(
        AGENTS,
        "writing in an app's namespace",
        "dev",
        "it lets NEXIA create configmaps outside its namespaces",
        _nexia("Role", ["create"], ["configmaps"], "blueocean-nextgen-dev"),
    ),
    Case(
        AGENTS,
        "writing at home",
        "dev",
        None,
        _nexia("Role", ["create"], ["configmaps"], "nexia-supervisor-dev"),
    ),
    Case(
        AGENTS,
        "reading secrets at home",
        "dev",
        "it lets NEXIA use secrets",
        _nexia("Role", ["get"], ["secrets"], "nexia-supervisor-dev"),
    ),
    Case(
        AGENTS,
        "running in pods",
        "dev",
        "it lets NEXIA use pods/exec",
        _nexia("ClusterRole", ["get"], ["pods/exec"], None),
    ),
    Case(
        AGENTS,
        "becoming somebody",
        "dev",
        "it lets NEXIA impersonate",
        _nexia("Role", ["impersonate"], ["users"], "nexia-supervisor-dev"),
    ),
    added(
        AGENTS,
        "a role from elsewhere",
        _elsewhere(
            "ClusterRoleBinding",
            None,
            roleRef={"kind": "ClusterRole", "name": "cluster-admin"},
            subjects=[{"kind": "Group", "name": "system:serviceaccounts:nexia-supervisor-dev"}],
        ),
        "it binds the ClusterRole cluster-admin, which this stack does not define",
        "dev",
    ),
    added(
        AGENTS,
        "somebody else's binding",
        _elsewhere(
            "ClusterRoleBinding",
            None,
            roleRef={"kind": "ClusterRole", "name": "cluster-admin"},
            subjects=[{"kind": "User", "name": "operator"}],
        ),
        None,
        "dev",
    ),
]
