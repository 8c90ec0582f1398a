"""Nothing runs without a known size."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.quantities import RESOURCES, parsed, plain
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 1, requests and limits",
    title="A container must request and limit memory and CPU.",
    remediation="Set resources.requests and resources.limits with memory and cpu on every container.",
    reference="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    kinds=POD_KINDS,
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each missing or unreadable quantity."""
    for container in containers_of(item):
        # Kubernetes refuses resources on ephemeral containers: they live on the pod's.
        if container.role == "ephemeralContainers":
            continue
        resources = container.manifest.get("resources") or {}
        for part in ("requests", "limits"):
            for resource in RESOURCES:
                amounts = resources.get(part) or {}
                if amounts.get(resource) is None:
                    yield f"{container.name} has no {resource} in its {part}"
                elif parsed(amounts, resource) is None:
                    yield (
                        f"{container.name} has {plain(amounts[resource])!r} as {resource} in its {part},"
                        " which is no quantity"
                    )
