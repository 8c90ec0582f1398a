"""Nothing asks for the user root."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, is_baseline, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must not ask for the user 0.",
    remediation="Remove runAsUser, or choose a user above 0.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=("variables.baseline || variables.contexts.all(s, !has(s.runAsUser) || s.runAsUser != 0)"),
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each security context that asks for root."""
    if is_baseline(item, context):
        return
    pod = pod_of(item)
    settings = [("the pod", pod.security), *((c.name, c.security) for c in pod.containers)]
    for where, security in settings:
        if security.get("runAsUser") == 0:
            yield f"{where} sets runAsUser to 0"
