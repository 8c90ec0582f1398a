"""No container takes a port of the node."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A container must not take a port of the node.",
    remediation="Remove hostPort from the container's ports and use a Service.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=("variables.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))"),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each port of the node."""
    for container in containers_of(item):
        for port in container.manifest.get("ports") or ():
            if port.get("hostPort"):
                yield f"{container.name} takes the node's port {int(port['hostPort'])}"
