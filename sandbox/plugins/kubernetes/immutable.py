"""Which fields of which kinds cannot change in place: a change there replaces the object.

The table is the official plugin's documented one, completed by what the API server's validation refuses.
"""

from typing import Any

from sandbox.plugins.kubernetes.objects import kind_of

Path = tuple[str | int, ...]

EVERY_KIND: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"), ("kind",))
ROLE_BINDING: tuple[Path, ...] = (("roleRef",),)
FIELDS: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("apps", "ReplicaSet"): (("spec", "selector"),),
    ("apps", "StatefulSet"): (
        ("spec", "podManagementPolicy"),
        ("spec", "revisionHistoryLimit"),
        ("spec", "selector"),
        ("spec", "serviceName"),
        ("spec", "volumeClaimTemplates"),
    ),
    ("batch", "Job"): (
        ("spec", "completions"),
        ("spec", "completionMode"),
        ("spec", "parallelism"),
        ("spec", "podFailurePolicy"),
        ("spec", "selector"),
        ("spec", "successPolicy"),
        ("spec", "template"),
    ),
    ("", "PersistentVolumeClaim"): (("spec",),),
    ("", "PersistentVolume"): (("spec", "csi"), ("spec", "hostPath"), ("spec", "local"), ("spec", "nfs")),
    ("", "ResourceQuota"): (("spec", "scopes"), ("spec", "scopeSelector")),
    ("", "Service"): (("spec", "clusterIP"),),
    ("rbac.authorization.k8s.io", "RoleBinding"): ROLE_BINDING,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ROLE_BINDING,
    ("storage.k8s.io", "StorageClass"): (
        ("parameters",),
        ("provisioner",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
    ("scheduling.k8s.io", "PriorityClass"): (("value",), ("preemptionPolicy",)),
    ("networking.k8s.io", "IngressClass"): (("spec", "controller"),),
    ("node.k8s.io", "RuntimeClass"): (("handler",),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        ("spec", "group"),
        ("spec", "names", "kind"),
        ("spec", "names", "plural"),
        ("spec", "scope"),
    ),
}
# Of a Pod everything is immutable but these.
POD_MUTABLE = frozenset({"activeDeadlineSeconds", "tolerations"})
CONTENTS: tuple[Path, ...] = (("data",), ("binaryData",), ("stringData",), ("immutable",))


def immutable_paths(
    old: dict[str, Any], *, config_map_mutable: bool, secret_mutable: bool
) -> tuple[Path, ...]:
    """The path prefixes below which a change replaces the object `old`.

    The contents of a ConfigMap or Secret replace it unless the provider's `enableConfigMapMutable` or
    `enableSecretMutable` says otherwise; those of one marked `immutable` always do.
    """
    group, kind = kind_of(old)
    paths = EVERY_KIND + FIELDS.get((group, kind), ())
    if (group, kind) == ("", "Secret"):
        paths += (("type",),)
    mutable = {"ConfigMap": config_map_mutable, "Secret": secret_mutable}.get(kind) if group == "" else None
    if mutable is not None and (not mutable or old.get("immutable") is True):
        paths += CONTENTS
    return paths


def replaces(path: Path, prefixes: tuple[Path, ...], kind: tuple[str, str]) -> bool:
    """Whether a change at `path` replaces an object of `kind`: at, below or above a prefix."""
    if kind == ("", "Pod") and path[0] == "spec":
        return len(path) == 1 or path[1] not in POD_MUTABLE
    return any(path[: len(prefix)] == prefix or prefix[: len(path)] == path for prefix in prefixes)
