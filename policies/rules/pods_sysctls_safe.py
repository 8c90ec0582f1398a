"""Kernel settings that reach beyond the pod stay untouched."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must set only sysctls that are safe.",
    remediation="Remove the sysctl from securityContext.sysctls.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "!has(variables.pod.securityContext) || !has(variables.pod.securityContext.sysctls) || "
        'variables.pod.securityContext.sysctls.all(s, s.name in ["kernel.shm_rmid_forced", '
        '"net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", '
        '"net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", '
        '"net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", '
        '"net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem"])'
    ),
)
SAFE = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each unsafe sysctl."""
    for each in pod_of(item).security.get("sysctls") or ():
        if each.get("name") not in SAFE:
            yield f"the pod sets the sysctl {each.get('name')}"
