"""Ways in: hosts, ports, TLS, the shared staging."""

from tests.policies.policy_cases import Case, added, change
from tests.policies.policy_objects import deployment, ingress, labels, service, spoiled, world


def _second(env: str, host: str, app: str = "nextgen") -> dict[str, object]:
    made = spoiled(ingress(env), "metadata/name", "second")
    home = made["metadata"]["namespace"].replace("nextgen", app)
    made["metadata"] |= {"labels": labels(env, app), "namespace": home}
    made["spec"]["rules"][0]["host"] = host
    made["spec"]["tls"] = [{"hosts": [host]}]
    return made


def _with_path(made: dict[str, object], path: str) -> dict[str, object]:
    return spoiled(made, "spec/rules/0/http", {"paths": [{"path": path}]})


def _named(name: str, made: dict[str, object]) -> dict[str, object]:
    return spoiled(made, "metadata/name", name)


def _owned(app: str, made: dict[str, object]) -> dict[str, object]:
    return spoiled(made, "metadata/labels", labels("staging", app))


_OTHERS = _owned("kreach", deployment("staging", "kreach-api"))
_OTHERS = spoiled(_OTHERS, "spec/template/spec/containers/0/env", [])
CASES = [
    change("routes-use-tls", "none", "ingress", "spec/tls", [], "host nextgen has no TLS"),
    change(
        "routes-use-tls",
        "for another host",
        "ingress",
        "spec/tls",
        [{"hosts": ["kreach"]}],
        "host nextgen.staging-shared.local has no TLS",
        "staging",
    ),
    change("routes-use-tls", "dev may do without", "ingress", "spec/tls", [], None, "dev"),
    added(
        "routes-hosts-unique",
        "another app's",
        _second("prod", "NextGen", "kreach"),
        "host NextGen belongs to Ingress blueocean-nextgen-prod/nextgen",
    ),
    added(
        "routes-hosts-unique",
        "a path taken",
        _second("prod", "NextGen"),
        "host NextGen with path / belongs to Ingress blueocean-nextgen-prod/nextgen",
    ),
    added("routes-hosts-unique", "another path", _with_path(_second("prod", "nextgen"), "/claude"), None),
    added("routes-hosts-unique", "a wildcard", _second("prod", "*.nextgen"), "it answers for *.nextgen"),
    change(
        "routes-hosts-unique", "no host", "ingress", "spec/rules", [{"http": {}}], "it answers for every host"
    ),
    change(
        "routes-hosts-unique",
        "a default backend",
        "ingress",
        "spec/defaultBackend",
        {"service": {"name": "x"}},
        "its default backend answers for every host",
    ),
    added("routes-hosts-unique", "two hosts", _second("prod", "kreach"), None),
    added(
        "routes-dev-ports-unique",
        "taken",
        _named("second", service("dev")),
        "its dev port 7004 belongs to Service blueocean-nextgen-dev/nextgen-api-dev",
        "dev",
    ),
    added(
        "routes-dev-ports-unique",
        "taken, in other words",
        _named("second", service("dev", "07004")),
        "its dev port 07004 belongs to Service blueocean-nextgen-dev/nextgen-api-dev",
        "dev",
    ),
    added(
        "routes-dev-ports-unique",
        "reserved",
        _named("second", service("dev", "80")),
        "its dev port 80 is none",
        "dev",
    ),
    change(
        "routes-dev-ports-unique",
        "outside dev",
        "service",
        "metadata/annotations",
        {"blueocean.io/dev-port": "7004"},
        "it has the dev port 7004 outside dev",
    ),
    added("routes-dev-ports-unique", "two ports", _named("second", service("dev", "7002")), None, "dev"),
    change(
        "routes-services-stay-inside",
        "load balancer",
        "service",
        "spec/type",
        "LoadBalancer",
        "it is of the type LoadBalancer",
    ),
    change(
        "routes-services-stay-inside",
        "node port",
        "service",
        "spec/type",
        "NodePort",
        "it is of the type NodePort",
        "dev",
    ),
    change(
        "routes-services-stay-inside",
        "another name",
        "service",
        "spec/type",
        "ExternalName",
        "it is of the type ExternalName",
    ),
    change(
        "routes-services-stay-inside",
        "external address",
        "service",
        "spec/externalIPs",
        ["192.0.2.1"],
        "it claims external addresses",
    ),
    change("routes-services-stay-inside", "unstated type", "service", "spec", {}, None),
    added(
        "routes-staging-only-owner",
        "another app's pods",
        _OTHERS,
        "kreach is in staging together with nextgen",
        "staging",
    ),
    added(
        "routes-staging-only-owner",
        "another app at zero",
        spoiled(_OTHERS, "spec/replicas", 0),
        None,
        "staging",
    ),
    added(
        "routes-staging-only-owner",
        "another app's route",
        _second("staging", "kreach.staging-shared.local", "kreach"),
        "kreach is in staging together with nextgen",
        "staging",
    ),
    Case(
        "routes-staging-only-owner",
        "nobody's pods",
        "staging",
        "it does not say whose it is",
        world("staging")
        | {
            "extra": spoiled(
                spoiled(_OTHERS, "metadata/labels", {"blueocean.io/environment": "staging"}),
                "spec/replicas",
                1,
            )
        },
    ),
]
