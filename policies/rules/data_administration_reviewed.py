"""With an administrator's credentials runs what somebody read, and nothing else."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of, secrets_of
from policies.rule import Context, Meta
from policies.tenants import commands, fingerprint, hooks

META = Meta(
    severity="critical",
    clause="section 7, databases and key prefixes; D-6",
    title="What runs with the credentials of a shared server's administrator must be reviewed.",
    remediation="Let an app's workload use its own role; after a review, add the command to limits.yaml.",
    reference="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    kinds=POD_KINDS,
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each thing that an administrator's pod does and nobody read."""
    tier = context.limits.tier(item.namespace)
    if tier is None or "any" not in tier.containers:
        return  # elsewhere the credentials are somebody else's: data-access-is-own says so
    administrators = context.limits.administrators
    held = [name for name in secrets_of(item) if name in administrators]
    if held:
        known = {one.sha256 for name in held for one in administrators[name]} if len(held) == 1 else set()
        yield from _runs(item, " and ".join(held), known)
        yield from _reads(item)


def _runs(item: Object, held: str, known: set[str]) -> Iterator[str]:
    containers = pod_of(item).containers
    if len(containers) != 1:
        yield f"{len(containers)} containers share {held}, one may have it"
    for container in containers:
        found = fingerprint(commands(container.manifest))
        if found not in known:
            yield f"{container.name} runs a command with {held} that nobody reviewed ({found})"
        for hook in hooks(container.manifest):
            yield f"{container.name} runs something more in its {hook}"


def _reads(item: Object) -> Iterator[str]:
    """What a reviewed command works on must be judged too: only a ConfigMap of the same name is."""
    for volume in pod_of(item).spec.get("volumes") or ():
        for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
            name = (source.get("configMap") or {}).get("name")
            if name is not None and name != item.name:
                yield f"it works from the ConfigMap {name}, which is not judged with it"
            if source.get("secret"):
                yield "it works from a Secret, which nobody can judge"
