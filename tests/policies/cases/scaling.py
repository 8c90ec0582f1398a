"""Autoscalers and disruption budgets."""

from tests.policies.policy_cases import Case, added, change
from tests.policies.policy_objects import (
    NAMESPACES,
    REMOVE,
    Manifest,
    autoscaler,
    deployment,
    labels,
    manifest,
    spoiled,
    world,
)

METRIC = "spec/metrics/0/resource/target/averageUtilization"
_SET = deployment("prod", "nextgen-queue") | {"kind": "StatefulSet"}
_SERVER = spoiled(_SET, "metadata/namespace", "monitoring")
_SELECTOR = {"matchLabels": labels("prod")}


def _scaled(env: str) -> Manifest:
    """An autoscaler where none belongs."""
    made = spoiled(autoscaler(f"nextgen-api-{env}"), "metadata/namespace", NAMESPACES[env])
    return spoiled(made, "metadata/labels", labels(env))


def _budget(name: str, expression: Manifest) -> Manifest:
    selector = {"matchExpressions": [expression]}
    return manifest("PodDisruptionBudget", name, "prod", spec={"maxUnavailable": 1, "selector": selector})


def _by_expression(name: str, key: str, operator: str, values: list[str], message: str | None) -> Case:
    """The budget selects by an expression instead of labels."""
    expression = {"key": key, "operator": operator, "values": values}
    objects = world("prod") | {"pdb": _budget("nextgen-api-prod", expression)}
    return Case("scaling-prod-has-budget", name, "prod", message, objects)


_APP = "app.kubernetes.io/part-of"
_NO_BUDGET = "no PodDisruptionBudget selects its pods"
CASES = [
    change(
        "scaling-hpa-within-bounds",
        "too few",
        "hpa",
        "spec/minReplicas",
        1,
        "minReplicas is 1, at least 2 is due",
    ),
    change(
        "scaling-hpa-within-bounds",
        "unstated",
        "hpa",
        "spec/minReplicas",
        REMOVE,
        "minReplicas is missing, at least 2 is due",
    ),
    change(
        "scaling-hpa-within-bounds",
        "too many",
        "hpa",
        "spec/maxReplicas",
        16,
        "maxReplicas is 16, at most 15 is allowed",
    ),
    change(
        "scaling-hpa-within-bounds",
        "reversed",
        "hpa",
        "spec/maxReplicas",
        4,
        "minReplicas 5 is above maxReplicas 4",
    ),
    change(
        "scaling-hpa-within-bounds",
        "too hot",
        "hpa",
        METRIC,
        76,
        "the CPU target is 76 %, at most 75 % is allowed",
    ),
    change(
        "scaling-hpa-within-bounds",
        "no metric",
        "hpa",
        "spec/metrics",
        [],
        "the CPU target is missing %, at most 75 % is allowed",
    ),
    change("scaling-hpa-within-bounds", "at the bounds", "hpa", "spec/minReplicas", 2.0, None),
    *[
        added(
            "scaling-hpa-within-bounds",
            f"in {env}",
            _scaled(env),
            f"nothing is autoscaled in {env}",
            env,
        )
        for env in ("dev", "staging")
    ],
    added(
        "scaling-one-autoscaler-each",
        "two",
        spoiled(autoscaler(), "metadata/name", "nextgen-api-spare"),
        "HorizontalPodAutoscaler blueocean-nextgen-prod/nextgen-api-prod scales"
        " Deployment blueocean-nextgen-prod/nextgen-api-prod too",
    ),
    Case(
        "scaling-one-autoscaler-each",
        "a namesake of another kind",
        "prod",
        None,
        world("prod")
        | {
            "set": _SET,
            "other": spoiled(autoscaler("nextgen-queue-prod"), "spec/scaleTargetRef/kind", "StatefulSet"),
        },
    ),
    Case(
        "scaling-prod-has-budget",
        "none",
        "prod",
        _NO_BUDGET,
        {key: one for key, one in world("prod").items() if key != "pdb"},
    ),
    change(
        "scaling-prod-has-budget",
        "another's",
        "pdb",
        "spec/selector/matchLabels",
        labels("prod", "kreach"),
        _NO_BUDGET,
    ),
    change("scaling-prod-has-budget", "without a selector", "pdb", "spec/selector", REMOVE, _NO_BUDGET),
    change("scaling-prod-has-budget", "elsewhere", "pdb", "metadata/namespace", "monitoring", _NO_BUDGET),
    change("scaling-prod-has-budget", "of everything", "pdb", "spec/selector", {}, None),
    added(
        "scaling-prod-has-budget",
        "two",
        _budget("spare", {"key": _APP, "operator": "Exists"}),
        "PodDisruptionBudget blueocean-nextgen-prod/nextgen-api-prod and PodDisruptionBudget"
        " blueocean-nextgen-prod/spare select its pods, so none can be evicted",
    ),
    added("scaling-prod-has-budget", "a shared server", _SERVER, None),
    Case(
        "scaling-prod-has-budget",
        "what may run as one pod",
        "prod",
        None,
        {key: one for key, one in world("prod").items() if key != "pdb"}
        | {"hpa": spoiled(autoscaler(), "spec/minReplicas", 1)},
    ),
    Case("scaling-prod-has-budget", "staging needs none", "staging", None, world("staging")),
    _by_expression("in", _APP, "In", ["nextgen"], None),
    _by_expression("not in", _APP, "NotIn", ["nextgen"], _NO_BUDGET),
    _by_expression("there", _APP, "Exists", [], None),
    _by_expression("not there", _APP, "DoesNotExist", [], _NO_BUDGET),
    _by_expression("nonsense", _APP, "Like", [], "the rule could not judge it, ValueError"),
    Case(
        "scaling-prod-has-hpa",
        "none",
        "prod",
        "no autoscaler targets it",
        {key: one for key, one in world("prod").items() if key != "hpa"},
    ),
    change(
        "scaling-prod-has-hpa",
        "another's",
        "hpa",
        "spec/scaleTargetRef/name",
        "kreach-api-prod",
        "no autoscaler targets it",
    ),
    added("scaling-prod-has-hpa", "a StatefulSet", _SET, "no autoscaler targets it"),
    added("scaling-prod-has-hpa", "a shared server", _SERVER, None),
    Case(
        "scaling-prod-has-hpa",
        "a namesake of another kind",
        "prod",
        "no autoscaler targets it",
        world("prod") | {"hpa": spoiled(autoscaler(), "spec/scaleTargetRef/kind", "StatefulSet")},
    ),
    Case("scaling-prod-has-hpa", "staging needs none", "staging", None, world("staging")),
    change(
        "scaling-hpa-owns-the-count",
        "both",
        "deployment",
        "spec/replicas",
        5,
        "it states 5 replicas although an autoscaler owns the count",
    ),
    change(
        "scaling-budget-permits-drain",
        "minAvailable",
        "pdb",
        "spec",
        {"minAvailable": 1, "selector": _SELECTOR},
        "it uses minAvailable, which forbids every eviction once that few pods run",
    ),
    change(
        "scaling-budget-permits-drain",
        "zero",
        "pdb",
        "spec/maxUnavailable",
        0,
        "maxUnavailable of 0 forbids every eviction",
    ),
    change(
        "scaling-budget-permits-drain",
        "zero, as the engine says it",
        "pdb",
        "spec/maxUnavailable",
        0.0,
        "maxUnavailable of 0 forbids every eviction",
    ),
    change(
        "scaling-budget-permits-drain",
        "zero percent",
        "pdb",
        "spec/maxUnavailable",
        "0%",
        "maxUnavailable of 0 forbids every eviction",
    ),
    change(
        "scaling-budget-permits-drain",
        "zero percent at length",
        "pdb",
        "spec/maxUnavailable",
        "00%",
        "maxUnavailable of 0 forbids every eviction",
    ),
    change(
        "scaling-budget-permits-drain",
        "unstated",
        "pdb",
        "spec/maxUnavailable",
        REMOVE,
        "it states no maxUnavailable",
    ),
    change("scaling-budget-permits-drain", "a quarter", "pdb", "spec/maxUnavailable", "25%", None),
]
