"""Containers give up the kernel capabilities that they start with."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of, is_baseline
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A container must drop all capabilities and may add back NET_BIND_SERVICE only.",
    remediation="Set securityContext.capabilities to {drop: [ALL]} on every container.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.baseline ? variables.containers.all(c, !has(c.securityContext) || "
        "!has(c.securityContext.capabilities) || !has(c.securityContext.capabilities.add) || "
        'c.securityContext.capabilities.add.all(a, a in ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", '
        '"FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", '
        '"SYS_CHROOT"])) : '
        "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.capabilities) && "
        'has(c.securityContext.capabilities.drop) && "ALL" in c.securityContext.capabilities.drop && '
        "(!has(c.securityContext.capabilities.add) || c.securityContext.capabilities.add.all(a, "
        'a == "NET_BIND_SERVICE")))'
    ),
)
RESTRICTED = frozenset({"NET_BIND_SERVICE"})
BASELINE = RESTRICTED | {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
}


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each container that keeps or adds too much."""
    baseline = is_baseline(item, context)
    for container in containers_of(item):
        capabilities = container.security.get("capabilities") or {}
        allowed = BASELINE if baseline else RESTRICTED
        added = [str(each) for each in capabilities.get("add") or () if each not in allowed]
        if added:
            yield f"{container.name} adds the capabilities {', '.join(added)}"
        if not baseline and "ALL" not in (capabilities.get("drop") or ()):
            yield f"{container.name} does not drop ALL capabilities"
