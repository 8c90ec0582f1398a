"""Which workloads an autoscaler owns."""

from collections.abc import Iterable

from policies.objects import Object


def autoscaled(items: Iterable[Object]) -> set[tuple[str, str]]:
    """Namespace and name of every Deployment that a HorizontalPodAutoscaler targets."""
    return {
        (item.namespace, str(target.get("name")))
        for item in items
        if item.kind == "HorizontalPodAutoscaler"
        for target in (item.spec.get("scaleTargetRef") or {},)
        if target.get("kind") == "Deployment"
    }
