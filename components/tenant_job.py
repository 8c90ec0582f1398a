"""The Job that applies something to a shared server as its administrator, in the server's namespace."""

import hashlib
from dataclasses import dataclass, field

import pulumi
from pulumi_kubernetes.batch.v1 import Job, JobSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    EnvVarArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ProjectedVolumeSourceArgs,
    ResourceRequirementsArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.pod import container_security, pod_security

CHECKSUM = "blueocean.io/checksum"
AGAIN = {"pulumi.com/replaceUnready": "true"}
"""A Job that failed, say while the server was down, is made anew by the next `up`."""
FOLDER = "/tenant"
"""Where the Job finds what it applies."""


@dataclass(frozen=True)
class TenantJob:
    """What differs between the tenants' Jobs."""

    name: str
    namespace: str
    labels: dict[str, str]
    image: str
    command: list[str]
    env: list[EnvVarArgs]
    checksum: pulumi.Input[str]
    """Of everything that is applied: a change replaces the Job, whose template is immutable."""
    files: ProjectedVolumeSourceArgs | None = None
    """What lies in `/tenant`."""
    notes: dict[str, str] = field(default_factory=dict)
    """Further annotations; a change replaces the Job too."""
    tries: int = 3


def fingerprint(*parts: str) -> str:
    """16 hex digits that change with any part. Only of hashes and public text: it is shown."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def tenant_job(what: TenantJob, opts: pulumi.ResourceOptions) -> Job:
    """The Job; it is done when the server has taken the change, and fails after its tries or five minutes.

    It has no TTL: a refresh has to find it.
    """
    return Job(
        what.name,
        metadata=ObjectMetaArgs(
            name=what.name, namespace=what.namespace, labels=what.labels, annotations=AGAIN
        ),
        spec=JobSpecArgs(
            backoff_limit=what.tries - 1,
            active_deadline_seconds=300,
            template=PodTemplateSpecArgs(
                metadata=ObjectMetaArgs(
                    labels=what.labels, annotations={CHECKSUM: what.checksum, **what.notes}
                ),
                spec=_pod(what),
            ),
        ),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )


def _pod(what: TenantJob) -> PodSpecArgs:
    mount = VolumeMountArgs(name="tenant", mount_path=FOLDER, read_only=True)
    container = ContainerArgs(
        name="apply",
        image=what.image,
        command=what.command,
        env=what.env,
        # The end of its log is what an update shows of a failure.
        termination_message_policy="FallbackToLogsOnError",
        security_context=container_security(),
        resources=ResourceRequirementsArgs(
            requests={"cpu": "50m", "memory": "64Mi"}, limits={"cpu": "200m", "memory": "128Mi"}
        ),
        volume_mounts=[mount] if what.files else None,
    )
    return PodSpecArgs(
        restart_policy="Never",
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=pod_security(),
        containers=[container],
        volumes=[VolumeArgs(name="tenant", projected=what.files)] if what.files else None,
    )
