"""The pods of a workload. Pure: a shape comes in, a pod template goes out."""

import hashlib
import json

from pulumi_kubernetes.core.v1 import (
    ConfigMapEnvSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvFromSourceArgs,
    EnvVarArgs,
    HTTPGetActionArgs,
    LifecycleArgs,
    LifecycleHandlerArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ProbeArgs,
    ResourceRequirementsArgs,
    SleepActionArgs,
    TCPSocketActionArgs,
    TopologySpreadConstraintArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from catalogue.models.container import POSTGRES_KEYS, REDIS_KEYS, VOLUMES
from catalogue.models.quantity import Compute
from catalogue.models.shape import VolumeShape, WorkloadShape
from components.labels import selector
from components.pod import container_security, from_secret, pod_security
from components.token import token_mount, token_volume

SETTINGS = "blueocean.io/settings"
DRAIN = 5
"""Seconds between leaving the endpoints and being told to stop, so that no request meets a closed port."""


def pod_template(what: WorkloadShape, labels: dict[str, str]) -> PodTemplateSpecArgs:
    """What each pod of the workload is made of; a change of settings starts new pods."""
    digest = hashlib.sha256(json.dumps(what.settings).encode()).hexdigest()[:16]
    return PodTemplateSpecArgs(
        metadata=ObjectMetaArgs(labels=labels, annotations={SETTINGS: digest}),
        spec=PodSpecArgs(
            service_account_name=what.name,
            automount_service_account_token=False,
            enable_service_links=False,
            priority_class_name=what.priority,
            termination_grace_period_seconds=30,
            security_context=pod_security(),
            topology_spread_constraints=_spread(what),
            containers=[_container(what)],
            volumes=[
                VolumeArgs(name="tmp", empty_dir=EmptyDirVolumeSourceArgs(size_limit="64Mi")),
                *(_volume(what, one) for one in what.volumes),
                *([token_volume()] if what.supervises else []),
            ],
        ),
    )


def pods_at_least(what: WorkloadShape) -> int:
    """The fewest pods that it runs with."""
    return what.autoscaling.min if what.autoscaling else (what.replicas or 0)


def _container(what: WorkloadShape) -> ContainerArgs:
    mounts = [VolumeMountArgs(name=one.name, mount_path=one.mount) for one in what.volumes]
    mounts += [token_mount()] if what.supervises else []
    return ContainerArgs(
        name=what.component,
        image=what.image,
        ports=[ContainerPortArgs(name="http", container_port=what.port, protocol="TCP")],
        env_from=[EnvFromSourceArgs(config_map_ref=ConfigMapEnvSourceArgs(name=what.name))],
        env=_credentials(what) or None,
        resources=ResourceRequirementsArgs(
            requests=_amounts(what.resources.requests), limits=_amounts(what.resources.limits)
        ),
        security_context=container_security(),
        startup_probe=_probe(what, period=2, failures=60),
        readiness_probe=_probe(what, period=5, failures=3),
        liveness_probe=_alive(),
        lifecycle=LifecycleArgs(pre_stop=LifecycleHandlerArgs(sleep=SleepActionArgs(seconds=DRAIN))),
        volume_mounts=[VolumeMountArgs(name="tmp", mount_path=VOLUMES["tmp"]), *mounts],
    )


def _credentials(what: WorkloadShape) -> list[EnvVarArgs]:
    found: list[EnvVarArgs] = []
    for secret, keys in ((what.postgres, POSTGRES_KEYS), (what.redis, REDIS_KEYS)):
        if secret:
            found += from_secret(secret, {key: key for key in keys})
    return found


def _probe(what: WorkloadShape, period: int, failures: int) -> ProbeArgs:
    return ProbeArgs(
        http_get=HTTPGetActionArgs(path=what.health, port="http", scheme="HTTP"),
        period_seconds=period,
        timeout_seconds=2,
        failure_threshold=failures,
    )


def _alive() -> ProbeArgs:
    """By the port, not by `health`: that one fails with the database, which no restart brings back."""
    return ProbeArgs(
        tcp_socket=TCPSocketActionArgs(port="http"), period_seconds=10, timeout_seconds=2, failure_threshold=3
    )


def _spread(what: WorkloadShape) -> list[TopologySpreadConstraintArgs] | None:
    """Over nodes and zones. Where one node's loss may never take the last pod, nodes are a must."""
    if pods_at_least(what) <= 1:
        return None
    strict = "DoNotSchedule" if what.always_on else "ScheduleAnyway"
    return [
        TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=key,
            when_unsatisfiable=when,
            label_selector=LabelSelectorArgs(match_labels=selector(what)),
        )
        for key, when in (
            ("kubernetes.io/hostname", strict),
            ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        )
    ]


def _volume(what: WorkloadShape, volume: VolumeShape) -> VolumeArgs:
    if volume.scratch:
        return VolumeArgs(name=volume.name, empty_dir=EmptyDirVolumeSourceArgs(size_limit=volume.size))
    claim = PersistentVolumeClaimVolumeSourceArgs(claim_name=f"{what.name}-{volume.name}")
    return VolumeArgs(name=volume.name, persistent_volume_claim=claim)


def _amounts(compute: Compute) -> dict[str, str]:
    return {"cpu": compute.cpu, "memory": compute.memory}
