"""Pods mount no part of the node and no storage of an unmanaged kind."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, is_baseline, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must use volumes of the restricted standard's types only.",
    remediation="Replace the volume by a persistentVolumeClaim or an emptyDir.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "!has(variables.pod.volumes) || variables.pod.volumes.all(v, "
        "variables.baseline ? !has(v.hostPath) : has(v.configMap) || has(v.csi) || "
        "has(v.downwardAPI) || has(v.emptyDir) || has(v.ephemeral) || has(v.image) || "
        "has(v.persistentVolumeClaim) || has(v.projected) || has(v.secret))"
    ),
)
ALLOWED = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each volume of another type."""
    baseline = is_baseline(item, context)
    for volume in pod_of(item).spec.get("volumes") or ():
        # Presence of the key counts: what it says may be unknown at preview.
        types = [key for key in volume if key != "name"]
        for each in types:
            if each == "hostPath" or (each not in ALLOWED and not baseline):
                yield f"volume {volume.get('name')} is of the type {each}"
