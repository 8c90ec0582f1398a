"""Every namespace against every other, in all environments: exactly the connections of docs/network.md.

Judged by an evaluator that shares no code with the components; the expected edges are written by hand.
"""

import json
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import pytest

from tests.network.network_evaluator import End, Network
from tests.rendered import rendered

Manifest = dict[str, Any]
Edge = tuple[str, str, str]
APPS = ("nextstep", "nextgen", "kreach", "kvibe")
DEV = (*(f"blueocean-{app}-dev" for app in APPS), "nexia-supervisor-dev")
PROD = (*(f"blueocean-{app}-prod" for app in APPS), "nexia-supervisor-prod", "nexia-claude-code-prod")
STAGING = ("blueocean-staging-shared",)
BUILD = "blueocean-build"
SHARED = ("platform", "monitoring")
OURS = (*DEV, *STAGING, *PROD)
IN_A_SLOT = "2026-11-23T13:00:00+01:00"
DOORS = {
    "tcp/53": (53, "TCP"),
    "udp/53": (53, "UDP"),
    "22": (22, "TCP"),
    "80": (80, "TCP"),
    "443": (443, "TCP"),
    "3000": (3000, "TCP"),
    "5432": (5432, "TCP"),
    "6379": (6379, "TCP"),
    "6443": (6443, "TCP"),
    "8080": (8080, "TCP"),
    "9090": (9090, "TCP"),
    "10250": (10250, "TCP"),
}
NAMED_BY_NOBODY = {"any": (1, "TCP")}
# Whoever is in the cluster besides; "default" stands for any namespace that is not ours, and both shared
# namespaces hold a pod that is nobody's too.
OTHERS: dict[str, list[dict[str, str]]] = {
    "platform": [{"app": "something-else"}],
    "monitoring": [{"app": "something-else"}],
    "ingress": [{"app": "controller"}],
    "kube-system": [{"k8s-app": "kube-dns"}, {"k8s-app": "something-else"}],
    BUILD: [{"job-name": "kaniko"}],
    "default": [{}],
}
OUTSIDE = {"internet": "203.0.113.7", "metadata": "169.254.169.254", "intranet": "192.168.1.1"}
API_SERVER = "127.0.0.1"
# What runs in the shared namespaces: the part of the name that tells it from its neighbours.
POSTGRES, VALKEY, PROMETHEUS, GRAFANA = (
    "postgres-central",
    "platform-pool-redis-master",
    "prometheus",
    "grafana",
)


def documented() -> set[Edge]:
    edges = set()
    for name in OURS:
        edges |= {(name, name, "8080"), ("monitoring", name, "8080"), ("ingress", name, "8080")}
        edges |= {(name, "platform", "5432"), (name, "platform", "6379")}
        edges |= {(name, "kube-system", "udp/53"), (name, "kube-system", "tcp/53")}
    edges |= {
        ("nexia-supervisor-prod", "nexia-claude-code-prod", "8080"),
        ("nexia-claude-code-prod", "nexia-supervisor-prod", "8080"),
    }
    edges |= {("platform", "platform", "5432"), ("platform", "platform", "6379")}
    edges |= {("monitoring", "monitoring", "9090"), ("ingress", "monitoring", "3000")}
    return edges | {(name, "kube-system", door) for name in SHARED for door in ("tcp/53", "udp/53")}


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    staging = rendered("staging", at=IN_A_SLOT)
    return [
        *staging,
        *(one for stack in ("prod", "dev", "nexia-dev", "nexia-prod") for one in rendered(stack)),
    ]


@pytest.fixture(scope="module")
def network(manifests: list[Manifest]) -> Network:
    named = {name: {"kubernetes.io/metadata.name": name} for name in OTHERS}
    for one in manifests:
        if one["kind"] == "Namespace":
            name = one["metadata"]["name"]
            named[name] = {"kubernetes.io/metadata.name": name, **one["metadata"]["labels"]}
    return Network(named, tuple(one for one in manifests if one["kind"] == "NetworkPolicy"))


@pytest.fixture(scope="module")
def ends(manifests: list[Manifest]) -> list[End]:
    found = [*_pods(manifests), *((name, labels) for name, some in OTHERS.items() for labels in some)]
    return [
        End(name, f"10.244.{place // 250}.{place % 250 + 1}", labels, {"http": 8080})
        for place, (name, labels) in enumerate(found)
    ]


def _pods(manifests: list[Manifest]) -> Iterator[tuple[str, dict[str, str]]]:
    for one in manifests:
        if one["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield one["metadata"]["namespace"], one["spec"]["template"]["metadata"]["labels"]
        if one["kind"] == "CronJob":
            job = one["spec"]["jobTemplate"]["spec"]
            yield one["metadata"]["namespace"], job["template"]["metadata"]["labels"]


def doors(network: Network) -> dict[str, tuple[int, str]]:
    """The doors above, every other that a policy names, and one that none does."""
    named = set()
    for policy in network.policies:
        spec = policy["spec"]
        for rule in (*(spec.get("ingress") or ()), *(spec.get("egress") or ())):
            for one in rule.get("ports") or ():
                found = {one.get("port"), one.get("endPort")} - {None, "http"}
                named |= {(number, one.get("protocol", "TCP")) for number in found}
    others = sorted(named - set(DOORS.values()))
    return (
        DOORS
        | {f"{protocol.lower()}/{number}": (number, protocol) for number, protocol in others}
        | NAMED_BY_NOBODY
    )


def edges(network: Network, ends: list[End]) -> set[Edge]:
    """Between namespaces, where a pod of the first reaches one of the second; one end at least is ours."""
    ways = doors(network)
    return {
        (source.namespace, target.namespace, name)
        for source, target in product(ends, ends)
        if {source.namespace, target.namespace} & {*OURS, *SHARED}
        for name, door in ways.items()
        if network.allows(source, target, *door)
    }


def test_the_stacks_have_the_documented_namespaces(network: Network, ends: list[End]) -> None:
    assert set(OURS) <= set(network.namespaces)
    assert {one.namespace for one in ends} == {*OURS, *OTHERS}


def test_exactly_the_documented_edges(network: Network, ends: list[End]) -> None:
    found, expected = edges(network, ends), documented()
    assert found - expected == set(), "open, but not documented"
    assert expected - found == set(), "documented, but closed"


@pytest.mark.parametrize(
    ("left", "right"),
    list(permutations((DEV, STAGING, PROD), 2)),
    ids=["dev-staging", "dev-prod", "staging-dev", "staging-prod", "prod-dev", "prod-staging"],
)
def test_no_connection_crosses_the_environments(
    network: Network, ends: list[End], left: tuple[str, ...], right: tuple[str, ...]
) -> None:
    pairs = [
        (source, target)
        for source, target in product(ends, ends)
        if source.namespace in left and target.namespace in right
    ]
    assert len({(one.namespace, two.namespace) for one, two in pairs}) == len(left) * len(right)
    assert not [pair for pair in pairs for door in doors(network).values() if network.allows(*pair, *door)]


def called(end: End) -> str:
    """Which server a pod is, or what it is there for."""
    kind = end.labels.get("blueocean.io/tenant")
    return "a tenant's Job" if kind else end.labels.get("app.kubernetes.io/component", "a stranger")


def test_who_reaches_whom_inside_the_shared_namespaces(network: Network, ends: list[End]) -> None:
    """By server: another door of the same namespace stays closed."""
    inside = [one for one in ends if one.namespace in SHARED]
    found = {
        (called(source), called(target), name)
        for source, target in product(inside, inside)
        for name, door in doors(network).items()
        if network.allows(source, target, *door)
    }
    assert found == {
        ("a tenant's Job", POSTGRES, "5432"),
        ("a tenant's Job", VALKEY, "6379"),
        (GRAFANA, PROMETHEUS, "9090"),
    }


def test_apps_reach_the_databases_and_the_scraper_reaches_the_apps(network: Network, ends: list[End]) -> None:
    inside = [one for one in ends if one.namespace in SHARED]
    apps = [one for one in ends if one.namespace in OURS]
    ways = doors(network)
    found = {
        (called(one) if one in inside else "an app", called(other) if other in inside else "an app", name)
        for app, server in product(apps, inside)
        for one, other in ((app, server), (server, app))
        for name, door in ways.items()
        if network.allows(one, other, *door)
    }
    assert found == {
        ("an app", POSTGRES, "5432"),
        ("an app", VALKEY, "6379"),
        (PROMETHEUS, "an app", "8080"),
    }


def test_no_shared_server_reaches_the_outside(network: Network, ends: list[End]) -> None:
    inside = [one for one in ends if one.namespace in SHARED and called(one) != "a stranger"]
    assert {called(one) for one in inside} == {POSTGRES, VALKEY, PROMETHEUS, GRAFANA, "a tenant's Job"}
    assert not [
        (called(one), name)
        for one in inside
        for name, address in OUTSIDE.items()
        for door in doors(network).values()
        if network.allows(one, End("", address), *door)
    ]


def test_who_may_reach_the_outside(network: Network, ends: list[End]) -> None:
    outside = {name: End("", address) for name, address in OUTSIDE.items()}
    found = {
        (one.namespace, name, door)
        for one in ends
        if one.namespace in OURS
        for name, end in outside.items()
        for door, where in doors(network).items()
        if network.allows(one, end, *where)
    }
    talkers = ("nextstep", "nextgen", "kreach", "kvibe")
    expected = {(f"blueocean-{app}-{env}", "internet", "443") for app in talkers for env in ("dev", "prod")}
    expected |= {
        (name, "internet", "443")
        for name in (*STAGING, "nexia-supervisor-dev", "nexia-supervisor-prod", "nexia-claude-code-prod")
    }
    assert found == expected


def test_builds_reach_no_workload_and_no_workload_reaches_them(network: Network, ends: list[End]) -> None:
    builds = [one for one in ends if one.namespace == BUILD]
    assert BUILD in {one["metadata"]["namespace"] for one in network.policies}
    rest = [one for one in ends if one.namespace != BUILD]
    found = {
        (source.namespace, target.namespace, name)
        for one, other in product(builds, rest)
        for source, target in ((one, other), (other, one))
        for name, door in doors(network).items()
        if network.allows(source, target, *door)
    }
    assert found == {(BUILD, "kube-system", "tcp/53"), (BUILD, "kube-system", "udp/53")}
    (build,) = builds
    open_outside = {name for name, one in OUTSIDE.items() if network.allows(build, End("", one), 443)}
    assert open_outside == {"internet"}


def test_nobody_outside_reaches_a_pod_directly(network: Network, ends: list[End]) -> None:
    stranger = End("", OUTSIDE["internet"])
    assert not [one for one in ends if one.namespace in OURS and network.allows(stranger, one, 8080)]


def test_only_supervisors_and_the_scraper_reach_the_api_server(network: Network, ends: list[End]) -> None:
    api = End("", API_SERVER)
    found = {
        (one.namespace, one.labels["app.kubernetes.io/component"])
        for one in ends
        if one.namespace in (*OURS, *SHARED) and network.allows(one, api, 6443)
    }
    assert found == {
        ("nexia-supervisor-prod", "supervisor"),
        ("nexia-claude-code-prod", "claude-code"),
        ("monitoring", "prometheus"),
    }
    assert not [one for one in ends if one.namespace in (*OURS, *SHARED) and network.allows(one, api, 22)]


def test_in_kube_system_only_the_resolver_is_open(network: Network, ends: list[End]) -> None:
    assert reached_strangers(network, ends) == set()


def reached_strangers(network: Network, ends: list[End]) -> set[Edge]:
    """What connects our pods, in either direction, with a pod of kube-system that is not the resolver."""
    (stranger,) = [
        one for one in ends if one.namespace == "kube-system" and one.labels["k8s-app"] != "kube-dns"
    ]
    ours = [one for one in ends if one.namespace in (*OURS, *SHARED, BUILD) and called(one) != "a stranger"]
    assert {one.namespace for one in ours} >= {*OURS, *SHARED}
    return {
        (source.namespace, target.namespace, name)
        for one in ours
        for source, target in ((one, stranger), (stranger, one))
        for name, door in doors(network).items()
        if network.allows(source, target, *door)
    }


def test_a_resolver_by_its_namespace_alone_would_show(network: Network, ends: list[End]) -> None:
    resolver = '"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}'
    wide = tuple(
        json.loads(json.dumps(one).replace(resolver, '"podSelector": {}')) for one in network.policies
    )
    assert wide != network.policies
    found = reached_strangers(Network(network.namespaces, wide), ends)
    assert {("blueocean-kvibe-prod", "kube-system", door) for door in ("tcp/53", "udp/53")} <= found


HOLES = {
    "every port": ([{}], {*DOORS, "any"}),
    "a port that no other rule names": ([{"ports": [{"port": 27017}]}], {"tcp/27017"}),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_would_show(network: Network, ends: list[End], hole: str) -> None:
    rules, expected = HOLES[hole]
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": rules}
    made = {"metadata": {"namespace": "blueocean-kvibe-prod"}, "spec": spec}
    leaking = Network(network.namespaces, (*network.policies, made))
    some = [one for one in ends if one.namespace in ("default", "blueocean-kvibe-prod")]
    found = {door for source, target, door in edges(leaking, some) if source == "default"}
    assert found == expected
