"""Traffic comes in through routes, where TLS and hosts are checked."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 6, https",
    title="A Service must not be reachable from outside the cluster.",
    remediation="Use type ClusterIP and an Ingress.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
    kinds=frozenset({"Service"}),
    cel=(
        '(!has(object.spec.type) || object.spec.type == "ClusterIP"'
        ' || (object.spec.type == "ExternalName" && object.metadata.namespace == "platform")) && '
        "(!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0)"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each way in from outside, or out by another name.

    The shared servers may stand elsewhere (docs/adr/0081): an alias in their own namespace is no way in.
    """
    kind = item.spec.get("type") or "ClusterIP"
    if kind != "ClusterIP" and not (kind == "ExternalName" and item.namespace == "platform"):
        yield f"it is of the type {kind}"
    if item.spec.get("externalIPs"):
        yield "it claims external addresses"
