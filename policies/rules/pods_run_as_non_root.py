"""Containers are told to refuse to start as root."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, is_baseline, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must set runAsNonRoot.",
    remediation="Set securityContext.runAsNonRoot to true on the pod.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.baseline || variables.contexts.all(s, !has(s.runAsNonRoot) || s.runAsNonRoot) && "
        "((has(variables.pod.securityContext) && has(variables.pod.securityContext.runAsNonRoot)) || "
        "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsNonRoot)))"
    ),
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each container that may run as root."""
    if is_baseline(item, context):
        return
    pod = pod_of(item)
    whole = pod.security.get("runAsNonRoot")
    if whole is False:
        yield "the pod sets runAsNonRoot to false"
    for container in pod.containers:
        own = container.security.get("runAsNonRoot")
        if own is False or (own is None and whole is not True and whole is not False):
            yield f"{container.name} does not set runAsNonRoot to true"
