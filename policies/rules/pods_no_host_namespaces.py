"""Pods stay out of the node's own namespaces."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 8, security",
    title="A pod must not use the node's network, process or IPC namespace.",
    remediation="Remove hostNetwork, hostPID and hostIPC from the pod's spec.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "[has(variables.pod.hostNetwork) && variables.pod.hostNetwork, has(variables.pod.hostPID) && "
        "variables.pod.hostPID, has(variables.pod.hostIPC) && variables.pod.hostIPC].all(shared, !shared)"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each namespace of the node that the pod shares."""
    spec = pod_of(item).spec
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"the pod sets {field}"
