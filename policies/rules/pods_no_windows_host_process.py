"""No Windows container runs as a process of the node."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 8, security",
    title="A pod must not run Windows host processes.",
    remediation="Remove windowsOptions.hostProcess from the pod and its containers.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.contexts.all(s, !has(s.windowsOptions) || !has(s.windowsOptions.hostProcess) || "
        "!s.windowsOptions.hostProcess)"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each security context that asks for it."""
    pod = pod_of(item)
    settings = [("the pod", pod.security), *((c.name, c.security) for c in pod.containers)]
    for where, security in settings:
        if (security.get("windowsOptions") or {}).get("hostProcess"):
            yield f"{where} sets windowsOptions.hostProcess"
