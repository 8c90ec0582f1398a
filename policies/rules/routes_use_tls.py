"""Nobody speaks to staging or production in the clear."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 6, https",
    title="A route outside dev must use TLS for every host.",
    remediation="List every host of the Ingress in spec.tls; give a Gateway HTTPS listeners for the hosts.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
    kinds=frozenset({"Ingress"}),
    environments=("staging", "prod"),
    cel=(
        '!has(object.spec.rules) || object.spec.rules.all(r, !has(r.host) || r.host == "" || '
        "(has(object.spec.tls) && object.spec.tls.exists(t, has(t.hosts) && r.host in t.hosts)))"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each host without TLS."""
    covered = [str(host) for tls in item.spec.get("tls") or () for host in tls.get("hosts") or ()]
    for rule in item.spec.get("rules") or ():
        host = rule.get("host")
        if host and not any(fnmatchcase(str(host), pattern) for pattern in covered):
            yield f"host {host} has no TLS"
