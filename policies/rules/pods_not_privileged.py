"""No container is privileged."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 8, security",
    title="A container must not be privileged.",
    remediation="Remove securityContext.privileged from the container.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=("variables.contexts.all(s, !has(s.privileged) || !s.privileged)"),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each privileged container."""
    for container in containers_of(item):
        if container.security.get("privileged"):
            yield f"{container.name} is privileged"
