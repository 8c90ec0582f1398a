"""System calls are filtered."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, is_baseline, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must run under the seccomp profile RuntimeDefault or a local one.",
    remediation="Set securityContext.seccompProfile.type to RuntimeDefault on the pod.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.contexts.all(s, !has(s.seccompProfile) || "
        's.seccompProfile.type in ["RuntimeDefault", "Localhost"]) && '
        "(variables.baseline || "
        "(has(variables.pod.securityContext) && has(variables.pod.securityContext.seccompProfile)) || "
        "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.seccompProfile)))"
    ),
)
ALLOWED = frozenset({"RuntimeDefault", "Localhost"})


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each container without a filter."""
    pod = pod_of(item)
    whole = (pod.security.get("seccompProfile") or {}).get("type")
    if whole is not None and whole not in ALLOWED:
        yield f"the pod sets the seccomp profile {whole}"
    for container in pod.containers:
        own = (container.security.get("seccompProfile") or {}).get("type")
        if own is not None and own not in ALLOWED:
            yield f"{container.name} sets the seccomp profile {own}"
        if own is None and whole is None and not is_baseline(item, context):
            yield f"{container.name} has no seccomp profile"
