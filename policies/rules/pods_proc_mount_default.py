"""The kernel's /proc stays masked."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A container must keep the default proc mount.",
    remediation="Remove securityContext.procMount from the container.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=('variables.contexts.all(s, !has(s.procMount) || s.procMount in ["", "Default"])'),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each container with an unmasked /proc."""
    for container in containers_of(item):
        mount = container.security.get("procMount")
        if mount not in (None, "", "Default"):
            yield f"{container.name} sets procMount {mount}"
