"""Which workloads an autoscaler owns."""

from collections.abc import Iterable

from policies.objects import Object


def autoscaled(items: Iterable[Object]) -> set[tuple[str, str, str]]:
    """Kind, namespace and name of everything that a HorizontalPodAutoscaler targets."""
    return {
        (str(target.get("kind")), item.namespace, str(target.get("name")))
        for item in items
        if item.kind == "HorizontalPodAutoscaler"
        for target in (item.spec.get("scaleTargetRef") or {},)
    }
