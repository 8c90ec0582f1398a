"""No process in a container gains more rights than it started with."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of, is_baseline
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A container must forbid privilege escalation.",
    remediation="Set securityContext.allowPrivilegeEscalation to false on every container.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.baseline || variables.containers.all(c, has(c.securityContext) && "
        "has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation)"
    ),
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each container that allows it."""
    if is_baseline(item, context):
        return
    for container in containers_of(item):
        if container.security.get("allowPrivilegeEscalation") is not False:
            yield f"{container.name} does not set allowPrivilegeEscalation to false"
