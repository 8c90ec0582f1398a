"""How many pods of a workload run, and how they may change: strategy, budget, autoscaler."""

import pulumi
from pulumi_kubernetes.apps.v1 import DeploymentStrategyArgs, RollingUpdateDeploymentArgs
from pulumi_kubernetes.autoscaling.v2 import (
    CrossVersionObjectReferenceArgs,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehaviorArgs,
    HorizontalPodAutoscalerSpecArgs,
    HPAScalingPolicyArgs,
    HPAScalingRulesArgs,
    MetricSpecArgs,
    MetricTargetArgs,
    ResourceMetricSourceArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from catalogue.models.shape import AutoscalingShape, WorkloadShape
from components.labels import selector
from components.pods import pods_at_least


def strategy(what: WorkloadShape) -> DeploymentStrategyArgs:
    """Without loss where one pod more may start; without surge (staging's full quota), one pod at a time."""
    rolling = (
        RollingUpdateDeploymentArgs(max_unavailable=0, max_surge="25%")
        if what.surge
        else RollingUpdateDeploymentArgs(max_unavailable=1, max_surge=0)
    )
    return DeploymentStrategyArgs(type="RollingUpdate", rolling_update=rolling)


def budget(
    what: WorkloadShape, metadata: ObjectMetaArgs, opts: pulumi.ResourceOptions
) -> PodDisruptionBudget | None:
    """A drain takes one pod at a time. None for a single pod: that would stop every drain."""
    if pods_at_least(what) <= 1:
        return None
    return PodDisruptionBudget(
        what.name,
        metadata=metadata,
        spec=PodDisruptionBudgetSpecArgs(
            max_unavailable=1,
            # A pod that never got ready must not keep a node from being drained.
            unhealthy_pod_eviction_policy="AlwaysAllow",
            selector=LabelSelectorArgs(match_labels=selector(what)),
        ),
        opts=opts,
    )


def autoscaler(
    what: WorkloadShape, metadata: ObjectMetaArgs, opts: pulumi.ResourceOptions
) -> HorizontalPodAutoscaler | None:
    """Between the bounds of `what.autoscaling`, by CPU; None where the count is fixed."""
    scaling = what.autoscaling
    if scaling is None:
        return None
    target = CrossVersionObjectReferenceArgs(api_version="apps/v1", kind="Deployment", name=what.name)
    cpu = ResourceMetricSourceArgs(
        name="cpu", target=MetricTargetArgs(type="Utilization", average_utilization=scaling.cpu)
    )
    return HorizontalPodAutoscaler(
        what.name,
        metadata=metadata,
        spec=HorizontalPodAutoscalerSpecArgs(
            scale_target_ref=target,
            min_replicas=scaling.min,
            max_replicas=scaling.max,
            metrics=[MetricSpecArgs(type="Resource", resource=cpu)],
            behavior=_behavior(scaling),
        ),
        opts=opts,
    )


def _behavior(scaling: AutoscalingShape) -> HorizontalPodAutoscalerBehaviorArgs:
    """Up at once, doubling or four pods; down after a calm time, one pod at a step."""
    window, step = (600, 120) if scaling.pace == "conservative" else (300, 60)
    up = [_step("Percent", 100, 15), _step("Pods", 4, 15)]
    return HorizontalPodAutoscalerBehaviorArgs(
        scale_up=HPAScalingRulesArgs(stabilization_window_seconds=0, select_policy="Max", policies=up),
        scale_down=HPAScalingRulesArgs(
            stabilization_window_seconds=window, select_policy="Min", policies=[_step("Pods", 1, step)]
        ),
    )


def _step(kind: str, value: int, seconds: int) -> HPAScalingPolicyArgs:
    return HPAScalingPolicyArgs(type=kind, value=value, period_seconds=seconds)
