"""A pod gets no credentials for the API that it did not ask for."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security; section 2, supervision",
    title="A pod must not mount a service account's token; NEXIA may, with an account of its own.",
    remediation="Set automountServiceAccountToken to false on the pod and on the service account.",
    reference="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    kinds=POD_KINDS | {"ServiceAccount"},
    cel=(
        'object.kind == "ServiceAccount" ? object.metadata.name == "default" || '
        "(has(object.automountServiceAccountToken) && !object.automountServiceAccountToken) : "
        "(has(variables.pod.automountServiceAccountToken) && !variables.pod.automountServiceAccountToken) || "
        '(request.namespace.startsWith("nexia-") && has(variables.pod.serviceAccountName) && '
        '!(variables.pod.serviceAccountName in ["", "default"]))'
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence when a token is mounted, or would be by default."""
    if item.kind == "ServiceAccount":
        if item.manifest.get("automountServiceAccountToken") is not False and item.name != "default":
            yield "it does not set automountServiceAccountToken to false"
        return
    spec = pod_of(item).spec
    if spec.get("automountServiceAccountToken") is False:
        return
    account = spec.get("serviceAccountName") or "default"
    if account == "default" or not item.namespace.startswith("nexia-"):
        yield f"it mounts the token of the service account {account}"
