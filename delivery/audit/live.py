"""Which objects of a cluster the audit judges: those in our namespaces and those with a stack's mark."""

from collections.abc import Iterable, Mapping

from policies.limits import Limits
from policies.objects import Manifest, Object

URN = "blueocean.io/urn"
STACK = "blueocean.io/stack"
# Made by the cluster itself in every namespace; nobody's choice.
CLUSTERS_OWN = frozenset({("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")})
# kind -> the kinds whose controllers make it, as the Kubernetes documentation on owners has them
MADE_BY = {
    "ReplicaSet": {"Deployment"},
    "Pod": {"ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"},
    "Job": {"CronJob"},
    "PersistentVolumeClaim": {"StatefulSet"},
    "ControllerRevision": {"StatefulSet", "DaemonSet"},
    "EndpointSlice": {"Service"},
}


def ours(manifests: Iterable[Manifest], limits: Limits) -> tuple[Object, ...]:
    """The objects to judge; those that a controller made from another one that is there are left out.

    An owner that does not exist, or whose controller makes no such objects, leaves its object in: a forged
    reference hides nothing.
    """
    found = [Object(manifest, urn=urn_of(manifest)) for manifest in manifests]
    owners = {item.metadata["uid"]: item for item in found if item.metadata.get("uid")}
    return tuple(
        item
        for item in found
        if (limits.tier(item.namespace) or item.labels.get(STACK))
        and (item.kind, item.name) not in CLUSTERS_OWN
        and not any(_made(item, each, owners) for each in item.metadata.get("ownerReferences") or ())
    )


def _made(item: Object, reference: Manifest, owners: Mapping[str, Object]) -> bool:
    """Whether the controller of the object that a reference names makes objects of this kind, there."""
    owner = owners.get(str(reference.get("uid")))
    return (
        owner is not None
        and reference.get("controller") is True
        and owner.kind in MADE_BY.get(item.kind, ())
        and owner.namespace == item.namespace
    )


def urn_of(manifest: Manifest) -> str:
    """The URN that a stack wrote on its object; empty for somebody else's."""
    annotations = (manifest.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(URN) or "")


def owner_of(item: Object) -> str:
    """The stack of an object, else the client that last wrote it, else `unknown`."""
    if item.labels.get(STACK):
        return str(item.labels[STACK])
    parts = item.urn.split("::")
    if len(parts) > 1:
        return f"{parts[1]}.{item.stack_environment}"
    fields = item.metadata.get("managedFields") or ()
    # Controllers write the status of everybody's objects.
    managers = [str(one.get("manager")) for one in fields if not one.get("subresource")]
    return managers[-1] if managers else "unknown"
