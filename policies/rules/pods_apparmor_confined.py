"""AppArmor stays on."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A pod must not lift its AppArmor profile.",
    remediation="Remove the AppArmor setting or use RuntimeDefault.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.contexts.all(s, !has(s.appArmorProfile) || "
        's.appArmorProfile.type in ["RuntimeDefault", "Localhost"]) && '
        "(!has(variables.template.annotations) || variables.template.annotations.all(k, "
        '!k.startsWith("container.apparmor.security.beta.kubernetes.io/") || '
        'variables.template.annotations[k] == "" || '
        'variables.template.annotations[k].startsWith("runtime/default") || '
        'variables.template.annotations[k].startsWith("localhost/")))'
    ),
)
ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each setting that lifts it."""
    pod = pod_of(item)
    settings = [("the pod", pod.security), *((c.name, c.security) for c in pod.containers)]
    for where, security in settings:
        profile = security.get("appArmorProfile")
        if profile is not None and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{where} sets the AppArmor profile {profile.get('type')}"
    annotations = pod.metadata.get("annotations") or {}
    for key in annotations:
        # Only these are read: another one, such as a checksum, may be unknown at preview.
        if not key.startswith(ANNOTATION):
            continue
        value = str(annotations[key] or "")
        if value and not value.startswith(("runtime/default", "localhost/")):
            yield f"the pod's annotation {key} sets the AppArmor profile {value}"
