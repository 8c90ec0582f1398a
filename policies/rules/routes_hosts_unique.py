"""One host and path lead to one place."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 6, URLs",
    title="A route must name its hosts, and no two routes may share a host.",
    remediation="Give every Ingress hosts of its own, without wildcards.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    kinds=frozenset({"Ingress"}),
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each host that is missing, a wildcard or taken."""
    owners: dict[str, Object] = {}
    for item in items:
        if item.kind != "Ingress":
            continue
        if item.spec.get("defaultBackend"):
            yield item, "its default backend answers for every host"
        for host in dict.fromkeys(rule.get("host") for rule in item.spec.get("rules") or ()):
            if not host or "*" in str(host):
                yield item, f"it answers for {host or 'every host'}"
            elif owners.setdefault(str(host).lower(), item) is not item:
                yield item, f"host {host} belongs to {owners[str(host).lower()].address}"
