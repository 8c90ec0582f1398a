"""The cluster itself refuses unsafe pods in every namespace of ours."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A namespace must enforce the Pod Security Standard of its tier, at a pinned version.",
    remediation="Set the labels pod-security.kubernetes.io/enforce and enforce-version.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    kinds=frozenset({"Namespace"}),
    cel=(
        "has(object.metadata.labels) && "
        '"pod-security.kubernetes.io/enforce" in object.metadata.labels && '
        'object.metadata.labels["pod-security.kubernetes.io/enforce"] in '
        '(variables.baseline ? ["restricted", "baseline"] : ["restricted"]) && '
        '"pod-security.kubernetes.io/enforce-version" in object.metadata.labels && '
        'object.metadata.labels["pod-security.kubernetes.io/enforce-version"].startsWith("v1.")'
    ),
)
LABEL = "pod-security.kubernetes.io/enforce"


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for a weaker standard than the tier's, or a moving version."""
    tier = context.limits.tier(item.name)
    if tier is None:
        return  # isolation-namespace-known says so
    level, version = item.labels.get(LABEL), item.labels.get(f"{LABEL}-version")
    if level not in ("restricted", tier.pod_security):
        yield f"it enforces {level or 'no standard'} where {tier.pod_security} is due"
    elif version is None or not str(version).startswith("v1."):
        yield f"it enforces {level} at the version {version or 'of the day'}, which is not pinned"
