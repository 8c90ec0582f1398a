"""No pod hides in a kind of object that the other rules do not look into."""

from collections.abc import Iterator, Mapping

from policies.objects import Object
from policies.pods import POD_KINDS
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="Pods must come from Kubernetes' own workload kinds.",
    remediation="Use a Deployment, StatefulSet, DaemonSet, Job or CronJob; render charts into objects.",
    reference="https://kubernetes.io/docs/concepts/workloads/",
    kinds=frozenset(),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for an object that carries pods, or renders whatever it likes."""
    if item.kind in POD_KINDS:
        return
    if str(item.manifest.get("apiVersion")).startswith("helm.sh/"):
        yield "a Helm release renders objects that no rule sees"
    template = item.spec.get("template") if isinstance(item.spec, Mapping) else None
    inner = template.get("spec") if isinstance(template, Mapping) else None
    if isinstance(inner, Mapping) and inner.get("containers"):
        yield f"the kind {item.kind} carries pods that no rule looks into"
