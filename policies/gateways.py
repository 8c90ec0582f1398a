"""The objects of the Gateway API (gateway.networking.k8s.io), beside Ingress the other kind of way in."""

from collections.abc import Iterator

from policies.objects import Manifest, Object

ENTRIES = frozenset({"Gateway", "ListenerSet"})
"""What listens."""
NAMED_ROUTES = frozenset({"HTTPRoute", "GRPCRoute", "TLSRoute"})
"""What leads a host to Services."""
BARE_ROUTES = frozenset({"TCPRoute", "UDPRoute"})
"""What leads a port to Services, for whatever host."""
ROUTES = NAMED_ROUTES | BARE_ROUTES
WAYS_IN = frozenset({"Ingress"}) | ROUTES
"""Every kind of object that makes an app reachable."""
REDIRECT = "redirect"
"""The only listener that may speak HTTP: it answers with the address of the same page by HTTPS."""


def only_redirects(item: Object) -> bool:
    """Whether a route does nothing but send people to HTTPS."""
    rules = item.spec.get("rules") or ()
    return item.kind == "HTTPRoute" and bool(rules) and all(_redirects(rule) for rule in rules)


def _redirects(rule: Manifest) -> bool:
    targets = [one.get("requestRedirect") or {} for one in rule.get("filters") or ()]
    return not rule.get("backendRefs") and any(one.get("scheme") == "https" for one in targets)


def claims(item: Object) -> Iterator[tuple[str, str]]:
    """Host and path of each thing that an Ingress or a route with hosts answers for; `` for every host."""
    found: set[tuple[str, str]] = set()
    if item.kind == "Ingress":
        for rule in item.spec.get("rules") or ():
            host, paths = str(rule.get("host") or ""), (rule.get("http") or {}).get("paths") or ()
            found |= {(host, str(each.get("path") or "/")) for each in paths} or {(host, "/")}
    else:
        hosts = [str(host) for host in item.spec.get("hostnames") or ("",)]
        matches: list[Manifest] = []
        for rule in item.spec.get("rules") or ():
            matches += rule.get("matches") or ({},)
        found = {(host, _path(match)) for host in hosts for match in matches or ({},)}
    yield from sorted(found)


def _path(match: Manifest) -> str:
    """HTTP's path, or gRPC's service and method in the form of one."""
    method = match.get("method")
    if method and not isinstance(method, str):
        parts = [str(method.get(part)) for part in ("service", "method") if method.get(part)]
        return f"/{'/'.join(parts)}"
    return str((match.get("path") or {}).get("value") or "/")
