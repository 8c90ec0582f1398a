"""Which workloads an autoscaler or a disruption budget speaks of."""

from collections.abc import Iterable

from policies.objects import Manifest, Object

Target = tuple[str, str, str]
"""Kind, namespace and name."""


def target_of(autoscaler: Object) -> Target:
    """What a HorizontalPodAutoscaler scales."""
    target = autoscaler.spec.get("scaleTargetRef") or {}
    return str(target.get("kind")), autoscaler.namespace, str(target.get("name"))


def autoscaled(items: Iterable[Object]) -> set[Target]:
    """Everything that a HorizontalPodAutoscaler scales."""
    return {target_of(item) for item in items if item.kind == "HorizontalPodAutoscaler"}


def selects(selector: Manifest | None, labels: Manifest) -> bool:
    """Whether a label selector picks these labels, as the API server understands it.

    None picks nothing, an empty one everything. Raises KeyError or ValueError for a selector that is none.
    """
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or ()
    return all(labels.get(key) == wanted[key] for key in wanted) and all(
        _holds(one, labels) for one in expressions
    )


def picks_every_namespace(selector: Manifest | None) -> bool:
    """Whether a selector of namespaces leaves none out: empty, empty inside, or by the name that each has."""
    if selector is None or selector.get("matchLabels"):
        return False
    by_name = ("kubernetes.io/metadata.name", "Exists")
    return all((one["key"], one["operator"]) == by_name for one in selector.get("matchExpressions") or ())


def _holds(expression: Manifest, labels: Manifest) -> bool:
    key, operator = expression["key"], expression["operator"]
    among = labels.get(key) in tuple(expression.get("values") or ())
    answers = {"In": among, "NotIn": not among, "Exists": key in labels, "DoesNotExist": key not in labels}
    if operator not in answers:
        raise ValueError(f"a selector has no operator {operator}")
    return answers[operator]
