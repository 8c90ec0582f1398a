"""Nothing of ours lies in a namespace that no guard rail knows."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="sections 1, 2, 5 and 7, namespaces",
    title="An object must lie in a namespace of an app, of NEXIA or of the platform.",
    remediation="Name a namespace that a tier in policies/limits.yaml claims.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=frozenset(),
)
# Cluster-wide by nature; everything else without a namespace would land in `default`.
CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "CSIDriver",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    }
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for an object in nobody's namespace."""
    if item.kind in CLUSTER_WIDE:
        return
    if not item.namespace:
        yield "it names no namespace and would land in default"
    elif context.limits.tier(item.namespace) is None:
        yield f"namespace {item.namespace} belongs to no tier"
