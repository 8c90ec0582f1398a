"""One host and path lead to one place."""

from collections.abc import Iterator, Sequence

from policies.gateways import NAMED_ROUTES, claims, only_redirects
from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 6, URLs",
    title="A route must name its hosts; two apps share no host, two routes no path of a host.",
    remediation="Give every Ingress and every route hosts of its own, without wildcards.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    kinds=NAMED_ROUTES | {"Ingress"},
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each host that is missing, a wildcard or another app's, and each path taken.

    One app may spread the paths of a host over its namespaces. A redirect to HTTPS takes no path.
    """
    hosts: dict[str, Object] = {}
    paths: dict[tuple[str, str], Object] = {}
    for item in items:
        if item.spec.get("defaultBackend"):
            yield item, "its default backend answers for every host"
        for host, path in claims(item):
            owner = hosts.setdefault(host.lower(), item)
            first = item if only_redirects(item) else paths.setdefault((host.lower(), path), item)
            if not host or "*" in host:
                yield item, f"it answers for {host or 'every host'}"
            elif owner.app != item.app:
                yield item, f"host {host} belongs to {owner.address}"
            elif first is not item:
                yield item, f"host {host} with path {path} belongs to {first.address}"
