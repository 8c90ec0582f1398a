"""Nobody speaks to staging or production in the clear."""

from collections.abc import Iterator

from policies.gateways import BARE_ROUTES, ENTRIES, REDIRECT, WAYS_IN, only_redirects
from policies.objects import Manifest, Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 6, https",
    title="A route outside dev must use TLS for every host.",
    remediation="List every host in the Ingress's spec.tls; attach routes to HTTPS listeners by sectionName.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
    kinds=WAYS_IN | ENTRIES,
    environments=("staging", "prod"),
    cel=(
        'object.kind == "Ingress" ? (!has(object.spec.rules) || object.spec.rules.all(r, !has(r.host) || '
        'r.host == "" || (has(object.spec.tls) && '
        "object.spec.tls.exists(t, has(t.hosts) && r.host in t.hosts)))) : "
        'object.kind in ["Gateway", "ListenerSet"] ? (has(object.spec.listeners) && '
        "size(object.spec.listeners) > 0 && object.spec.listeners.all(l, "
        f'l.protocol == "HTTP" ? l.name == "{REDIRECT}" : l.protocol in ["HTTPS", "TLS"] && has(l.tls) && '
        "((has(l.tls.certificateRefs) && size(l.tls.certificateRefs) > 0) || "
        '(has(l.tls.mode) && l.tls.mode == "Passthrough")))) : '
        '!(object.kind in ["TCPRoute", "UDPRoute"]) && '
        '((object.kind == "HTTPRoute" && has(object.spec.rules) && size(object.spec.rules) > 0 && '
        "object.spec.rules.all(r, (!has(r.backendRefs) || size(r.backendRefs) == 0) && has(r.filters) && "
        "r.filters.exists(f, has(f.requestRedirect) && has(f.requestRedirect.scheme) && "
        'f.requestRedirect.scheme == "https"))) || '
        "!has(object.spec.parentRefs) || object.spec.parentRefs.all(p, has(p.sectionName) && "
        f'p.sectionName != "{REDIRECT}"))'
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each host or listener without TLS, and for each route that may miss it."""
    if item.kind == "Ingress":
        covered = {str(host) for tls in item.spec.get("tls") or () for host in tls.get("hosts") or ()}
        hosts = [str(rule.get("host")) for rule in item.spec.get("rules") or () if rule.get("host")]
        yield from (f"host {host} has no TLS" for host in hosts if host not in covered)
    elif item.kind in ENTRIES:
        listeners = item.spec.get("listeners") or ()
        if not listeners:
            yield "it has no listeners of the Gateway API"
        for one in listeners:
            if not _is_closed(one):
                yield f"listener {one.get('name')} speaks {one.get('protocol')} without TLS"
    elif item.kind in BARE_ROUTES:
        yield f"a {item.kind} carries traffic without hosts and TLS"
    elif not only_redirects(item):
        for parent in item.spec.get("parentRefs") or ():
            section = parent.get("sectionName")
            if not section or section == REDIRECT:
                yield f"it is served by {section or 'every listener'} of {parent.get('name')}"


def _is_closed(listener: Manifest) -> bool:
    if listener.get("protocol") == "HTTP":
        return bool(listener.get("name") == REDIRECT)
    tls = listener.get("tls") or {}
    ends = bool(tls.get("certificateRefs")) or tls.get("mode") == "Passthrough"
    return ends and listener.get("protocol") in ("HTTPS", "TLS")
