"""SELinux keeps its container types."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must not choose an SELinux user, role or foreign type.",
    remediation="Remove seLinuxOptions, or set only a container type.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.contexts.all(s, !has(s.seLinuxOptions) || ((!has(s.seLinuxOptions.type) || "
        's.seLinuxOptions.type in ["", "container_t", "container_init_t", "container_kvm_t", '
        '"container_engine_t"]) && (!has(s.seLinuxOptions.user) || s.seLinuxOptions.user == "") && '
        '(!has(s.seLinuxOptions.role) || s.seLinuxOptions.role == "")))'
    ),
)
TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each option out of bounds."""
    pod = pod_of(item)
    settings = [("the pod", pod.security), *((c.name, c.security) for c in pod.containers)]
    for where, security in settings:
        options = security.get("seLinuxOptions") or {}
        if (options.get("type") or "") not in TYPES:
            yield f"{where} sets the SELinux type {options.get('type')}"
        for field in ("user", "role"):
            if options.get(field):
                yield f"{where} sets the SELinux {field} {options.get(field)}"
