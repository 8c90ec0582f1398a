"""One host and path lead to one place."""

from collections import defaultdict
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
Claims = dict[str, list[tuple[str, Object]]]
"""Host -> each path with the object that claims it."""


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each host that is missing, a wildcard or another app's too, and each path taken.

    Nothing tells which of two is right, so both are named. One app may spread the paths of a host over its
    namespaces. A redirect to HTTPS takes no path.
    """
    hosts: Claims = defaultdict(list)
    for item in items:
        for host, path in claims(item):
            hosts[host.lower()].append((path, item))
    for item in items:
        if item.spec.get("defaultBackend"):
            yield item, "its default backend answers for every host"
        yield from ((item, text) for text in dict.fromkeys(_conflicts(item, hosts)))


def _conflicts(item: Object, hosts: Claims) -> Iterator[str]:
    for host, path in ((host.lower(), path) for host, path in claims(item)):
        others = [(there, one) for there, one in hosts[host] if one is not item]
        strangers = [one for _, one in others if one.app != item.app]
        doubles = [one for there, one in others if there == path and not only_redirects(one)]
        if not host or "*" in host:
            yield f"it answers for {host or 'every host'}"
        elif strangers:
            yield f"host {host} is claimed by {_names(strangers)} too"
        elif doubles and not only_redirects(item):
            yield f"host {host} with path {path} is claimed by {_names(doubles)} too"


def _names(items: Sequence[Object]) -> str:
    return " and ".join(sorted({one.address for one in items}))
