"""Ways in: hosts, ports, TLS, the shared staging."""

from tests.policies.policy_cases import Case, added, change
from tests.policies.policy_objects import (
    Manifest,
    deployment,
    ingress,
    labels,
    manifest,
    service,
    spoiled,
    world,
)

ENTRY = "staging-shared.blueocean"


def _second(env: str, host: str, app: str = "nextgen") -> dict[str, object]:
    made = spoiled(ingress(env), "metadata/name", "second")
    home = made["metadata"]["namespace"].replace("nextgen", app)
    made["metadata"] |= {"labels": labels(env, app), "namespace": home}
    made["spec"]["rules"] = [{"host": host}]
    made["spec"]["tls"] = [{"hosts": [host]}]
    return made


def _with_path(made: dict[str, object], path: str) -> dict[str, object]:
    return spoiled(made, "spec/rules/0/http", {"paths": [{"path": path}]})


def _named(name: str, made: dict[str, object]) -> dict[str, object]:
    return spoiled(made, "metadata/name", name)


def _owned(app: str, made: dict[str, object]) -> dict[str, object]:
    return spoiled(made, "metadata/labels", labels("staging", app))


def _route(kind: str = "HTTPRoute", app: str = "nextgen", env: str = "prod", **spec: object) -> Manifest:
    """A route of the Gateway API that every rule accepts, but for what `spec` says otherwise."""
    accepted: Manifest = {
        "parentRefs": [{"name": "public", "sectionName": "https"}],
        "hostnames": [f"{app}-more"],
        "rules": [{"backendRefs": [{"name": "nextgen-api", "port": 80}]}],
    }
    made = manifest(kind, "more", env, spec=accepted | spec)
    made["metadata"]["labels"] = labels(env, app)
    if env == "prod":
        made["metadata"]["namespace"] = f"blueocean-{app}-prod"
    return made


def _gateway(kind: str = "Gateway", door: object = "Selector", **listener: object) -> Manifest:
    https = {"name": "https", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "x"}]}}
    allowed = {"allowedRoutes": {"namespaces": {"from": door}}}
    return manifest(kind, "public", "prod", spec={"listeners": [https | allowed | listener]})


def _redirecting(section: str | None = "redirect") -> Manifest:
    parent = {"name": "public"} | ({"sectionName": section} if section else {})
    target = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return _route(parentRefs=[parent], rules=[{"filters": [target]}]) | {"apiVersion": GATEWAYS}


def _backend(**fields: object) -> list[object]:
    return [{"backendRefs": [{"name": "api", "port": 80} | fields]}]


GATEWAYS = "gateway.networking.k8s.io/v1"
TLS, HOSTS, HOME, OWNER = (
    "routes-use-tls",
    "routes-hosts-unique",
    "routes-lead-home",
    "routes-staging-only-owner",
)
CLAIMED = "is claimed by Ingress blueocean-nextgen-prod/nextgen too"
GATEWAY_CASES = [
    *(added(rule, "a route of the Gateway API", _route(), None) for rule in (TLS, HOSTS, HOME)),
    *(added(rule, "a gateway", _gateway(), None) for rule in (TLS, HOME)),
    added(TLS, "a gateway in the clear", _gateway(protocol="HTTP"), "listener https speaks HTTP without TLS"),
    added(TLS, "a gateway for redirects", _gateway(protocol="HTTP", name="redirect"), None),
    added(
        TLS, "a gateway without a certificate", _gateway(tls={}), "listener https speaks HTTPS without TLS"
    ),
    added(
        TLS, "a gateway that lets TLS through", _gateway(protocol="TLS", tls={"mode": "Passthrough"}), None
    ),
    added(TLS, "a gateway for bytes", _gateway(protocol="TCP"), "listener https speaks TCP without TLS"),
    added(
        TLS,
        "more listeners",
        _gateway("ListenerSet", protocol="UDP"),
        "listener https speaks UDP without TLS",
    ),
    added(
        TLS,
        "somebody else's gateway",
        manifest("Gateway", "mesh", "prod", spec={"servers": []}),
        "it has no listeners of the Gateway API",
    ),
    added(
        TLS,
        "a route on every listener",
        _route(parentRefs=[{"name": "public"}]),
        "it is served by every listener of public",
    ),
    added(
        TLS,
        "a route on the redirects' listener",
        _route("GRPCRoute", parentRefs=[{"name": "public", "sectionName": "redirect"}]),
        "it is served by redirect of public",
    ),
    added(TLS, "a redirect", _redirecting(), None),
    added(TLS, "a redirect on every listener", _redirecting(None), None),
    added(
        TLS,
        "a redirect with a backend",
        spoiled(_redirecting(), "spec/rules/0/backendRefs", [{"name": "api"}]),
        "it is served by redirect of public",
    ),
    added(
        TLS,
        "a redirect to where it came from",
        spoiled(_redirecting(), "spec/rules/0/filters/0/requestRedirect/scheme", "http"),
        "it is served by redirect of public",
    ),
    added(TLS, "a port", _route("TCPRoute"), "a TCPRoute carries traffic without hosts and TLS"),
    added(HOSTS, "a route for every host", _route(hostnames=[]), "it answers for every host"),
    added(
        HOSTS,
        "a route for a wildcard",
        _route("TLSRoute", hostnames=["*.nextgen"]),
        "it answers for *.nextgen",
    ),
    added(
        HOSTS,
        "a route on another app's host",
        _route(app="kreach", hostnames=["nextgen"]),
        f"host nextgen {CLAIMED}",
    ),
    added(
        HOSTS,
        "a route beside the Ingress",
        _route(hostnames=["nextgen"]),
        f"host nextgen with path / {CLAIMED}",
    ),
    added(
        HOSTS,
        "a route with a path of its own",
        _route(hostnames=["nextgen"], rules=[{"matches": [{"path": {"value": "/more"}}]}]),
        None,
    ),
    added(
        HOSTS,
        "two matches, one taken",
        _route(hostnames=["nextgen"], rules=[{"matches": [{"path": {"value": "/more"}}, {"method": "GET"}]}]),
        f"host nextgen with path / {CLAIMED}",
    ),
    added(
        HOSTS,
        "a call of its own",
        _route(
            "GRPCRoute",
            hostnames=["nextgen"],
            rules=[{"matches": [{"method": {"service": "shop.Orders", "method": "Place"}}]}],
        ),
        None,
    ),
    added(
        HOSTS, "a redirect beside the Ingress", spoiled(_redirecting(), "spec/hostnames", ["nextgen"]), None
    ),
    added(
        HOSTS,
        "a redirect of another app's host",
        spoiled(
            spoiled(_redirecting(), "spec/hostnames", ["nextgen"]),
            "metadata",
            _route(app="kreach")["metadata"],
        ),
        f"host nextgen {CLAIMED}",
    ),
    added(
        HOME,
        "another namespace",
        _route(rules=_backend(namespace="platform")),
        "it leads to namespace platform",
    ),
    added(HOME, "its own, named", _route(rules=_backend(namespace="blueocean-nextgen-prod")), None),
    added(
        HOME, "no Service", _route(rules=_backend(kind="Bucket")), "it leads to a Bucket, which is no Service"
    ),
    added(
        HOME,
        "a mirror",
        _route(
            rules=[
                {
                    "filters": [
                        {
                            "type": "RequestMirror",
                            "requestMirror": {"backendRef": {"name": "spy", "namespace": "platform"}},
                        }
                    ]
                }
            ]
        ),
        "it leads to namespace platform",
    ),
    change(
        HOME,
        "an Ingress to a bucket",
        "ingress",
        "spec/rules/0/http",
        {
            "paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"resource": {"kind": "Bucket", "name": "x"}}}
            ]
        },
        "it leads to a Bucket, which is no Service",
    ),
    added(
        HOME,
        "a gateway for everybody",
        _gateway(door="All"),
        "listener https takes routes of every namespace",
    ),
    *[
        added(
            HOME,
            f"a gateway for everybody by a selector, {name}",
            _gateway(allowedRoutes={"namespaces": {"from": "Selector", "selector": selector}}),
            message,
        )
        for name, selector, message in (
            ("empty", {}, "listener https takes routes of every namespace"),
            ("empty inside", {"matchLabels": {}}, "listener https takes routes of every namespace"),
            ("but for some", {"matchLabels": {"a": "b"}}, None),
        )
    ],
    added(
        HOME,
        "listeners of everybody",
        spoiled(_gateway(), "spec/allowedListeners", {"namespaces": {"from": "All"}}),
        "it takes listeners of every namespace",
    ),
    added(
        HOME,
        "a way for others",
        manifest("ReferenceGrant", "in", "prod", spec={"from": [], "to": []}),
        "it lets routes of other namespaces in",
    ),
    added(
        OWNER,
        "another app's route of the Gateway API",
        _route(app="kreach", env="staging", hostnames=["kreach.staging-shared.local"]),
        "kreach is in staging together with nextgen",
        "staging",
    ),
]


def _alias(namespace: str) -> dict[str, object]:
    made = spoiled(service("prod"), "metadata/namespace", namespace)
    return spoiled(made, "spec", {"type": "ExternalName", "externalName": "db.example.com"})


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
    added("routes-hosts-unique", "a wildcard", _second("prod", "*.nextgen"), "it answers for *.nextgen"),
    added(
        "routes-hosts-unique",
        "a path taken",
        _second("prod", "NextGen"),
        "host nextgen with path / is claimed by Ingress blueocean-nextgen-prod/nextgen too",
    ),
    added(
        "routes-hosts-unique",
        "another app's",
        _second("prod", "NextGen", "kreach"),
        "host nextgen is claimed by Ingress blueocean-nextgen-prod/nextgen too",
    ),
    added(
        "routes-hosts-unique",
        "the entry of the slot's owner",
        _second("staging", ENTRY, "kreach"),
        f"host {ENTRY} is claimed by Ingress blueocean-staging-shared/nextgen too",
        "staging",
    ),
    added("routes-hosts-unique", "another path", _with_path(_second("prod", "nextgen"), "/claude"), None),
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
        "its dev port 7004 is claimed by Service blueocean-nextgen-dev/nextgen-api-dev too",
        "dev",
    ),
    added(
        "routes-dev-ports-unique",
        "taken, in other words",
        _named("second", service("dev", "07004")),
        "its dev port 7004 is claimed by Service blueocean-nextgen-dev/nextgen-api-dev too",
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
        "spec",
        {"type": "ExternalName", "externalName": "example.com"},
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
    added("routes-services-stay-inside", "a server elsewhere", _alias("platform"), None),
    added(
        "routes-services-stay-inside",
        "an alias beside a server's",
        _alias("monitoring"),
        "it is of the type ExternalName",
    ),
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
    added(
        "routes-staging-only-owner",
        "the entry with another app",
        _second("staging", ENTRY, "kreach"),
        "kreach is in staging together with nextgen",
        "staging",
    ),
    added(
        "routes-staging-only-owner",
        "another app's host with the owner",
        _second("staging", "kreach.staging-shared.local"),
        "host kreach.staging-shared.local is not nextgen's",
        "staging",
    ),
    added(
        "routes-staging-only-owner",
        "the owner's own host again",
        _with_path(_second("staging", "nextgen.staging-shared.local"), "/more"),
        None,
        "staging",
    ),
    added(
        "routes-staging-only-owner",
        "the entry elsewhere",
        _second("prod", ENTRY.title()),
        f"host {ENTRY} leads to shared staging only",
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
    *GATEWAY_CASES,
]
