"""A shared server with data of its own: one pod, a volume that outlives it, and the doors that it needs."""

from dataclasses import dataclass, field

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpecArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ProbeArgs,
    ResourceRequirementsArgs,
    Service,
    ServiceAccount,
    ServicePortArgs,
    ServiceSpecArgs,
    TCPSocketActionArgs,
    VolumeArgs,
    VolumeMountArgs,
    VolumeResourceRequirementsArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from catalogue.models.server import ServerSize
from components.labels import COMPONENT, NAME, PART_OF, Owner
from components.pod import container_security, pod_security
from components.protection import guarded, kept
from components.tenant_job import CHECKSUM, fingerprint
from components.token import token_mount, token_volume
from components.workload import SKIP_AWAIT

CONFIG = "/etc/server"
"""Where a server finds its files."""


@dataclass(frozen=True)
class Server:
    """What differs between the shared servers."""

    name: str
    """Of the Service, and so of the address; all objects are called like it."""
    namespace: str
    image: str
    command: list[str]
    port: int
    """Where it listens, and `service_port` where the Service answers."""
    service_port: int
    data: str
    """Where its volume is mounted."""
    size: ServerSize
    env: list[EnvVarArgs] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    scratch: tuple[str, ...] = ()
    """Folders besides /tmp that it writes to and may lose."""
    reads_cluster: bool = False


class StatefulServer(pulumi.ComponentResource):
    """One pod: a second would be another, empty database. It has no budget, which would stop every drain."""

    pods: StatefulSet

    def __init__(
        self,
        what: Server,
        owner: Owner,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what has to exist before its pod starts."""
        super().__init__("blueocean:components:StatefulServer", what.name, None, opts)
        self._what = what
        self._labels = owner.labels() | {COMPONENT: what.name, NAME: what.name}
        self._selector = {PART_OF: owner.app, COMPONENT: what.name}
        self._own = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        before: list[pulumi.Resource] = [self._account(), self._files(), self._volume()]
        self._service()
        self.pods = self._pods(before)
        self.register_outputs({"address": f"{what.name}.{what.namespace}.svc.cluster.local"})

    def _meta(self, annotations: dict[str, str] | None = None) -> ObjectMetaArgs:
        what = self._what
        return ObjectMetaArgs(
            name=what.name, namespace=what.namespace, labels=self._labels, annotations=annotations
        )

    def _account(self) -> ServiceAccount:
        name = self._what.name
        return ServiceAccount(
            name, metadata=self._meta(), automount_service_account_token=False, opts=self._own
        )

    def _files(self) -> ConfigMap:
        return ConfigMap(self._what.name, metadata=self._meta(), data=self._what.files, opts=self._own)

    def _volume(self) -> PersistentVolumeClaim:
        return PersistentVolumeClaim(
            self._what.name,
            metadata=self._meta(),
            spec=PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                resources=VolumeResourceRequirementsArgs(requests={"storage": self._what.size.volume}),
            ),
            opts=pulumi.ResourceOptions.merge(self._own, kept()),
        )

    def _service(self) -> Service:
        port = ServicePortArgs(name="main", port=self._what.service_port, target_port="main", protocol="TCP")
        return Service(
            self._what.name,
            metadata=self._meta({SKIP_AWAIT: "true"}),
            spec=ServiceSpecArgs(type="ClusterIP", selector=self._selector, ports=[port]),
            opts=pulumi.ResourceOptions.merge(self._own, guarded("prod")),
        )

    def _pods(self, before: list[pulumi.Resource]) -> StatefulSet:
        what = self._what
        notes = {CHECKSUM: fingerprint(*what.files.values())}
        serving = pulumi.ResourceOptions.merge(guarded("prod"), pulumi.ResourceOptions(depends_on=before))
        return StatefulSet(
            what.name,
            metadata=self._meta(),
            spec=StatefulSetSpecArgs(
                replicas=1,
                service_name=what.name,
                selector=LabelSelectorArgs(match_labels=self._selector),
                template=PodTemplateSpecArgs(
                    metadata=ObjectMetaArgs(labels=self._labels, annotations=notes), spec=self._pod()
                ),
            ),
            opts=pulumi.ResourceOptions.merge(self._own, serving),
        )

    def _pod(self) -> PodSpecArgs:
        what = self._what
        claim = PersistentVolumeClaimVolumeSourceArgs(claim_name=what.name)
        scratch = {f"scratch-{place}": path for place, path in enumerate(("/tmp", *what.scratch))}  # noqa: S108  in the container
        mounts = [VolumeMountArgs(name=name, mount_path=path) for name, path in scratch.items()]
        mounts += [
            VolumeMountArgs(name="data", mount_path=what.data),
            VolumeMountArgs(name="config", mount_path=CONFIG, read_only=True),
        ]
        volumes = [
            VolumeArgs(name=name, empty_dir=EmptyDirVolumeSourceArgs(size_limit="64Mi")) for name in scratch
        ]
        volumes += [
            VolumeArgs(name="data", persistent_volume_claim=claim),
            VolumeArgs(name="config", config_map=ConfigMapVolumeSourceArgs(name=what.name)),
        ]
        return PodSpecArgs(
            service_account_name=what.name,
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=60,
            security_context=pod_security(),
            containers=[self._container([*mounts, *([token_mount()] if what.reads_cluster else [])])],
            volumes=[*volumes, *([token_volume()] if what.reads_cluster else [])],
        )

    def _container(self, mounts: list[VolumeMountArgs]) -> ContainerArgs:
        what = self._what
        return ContainerArgs(
            name="server",
            image=what.image,
            command=what.command,
            env=what.env or None,
            ports=[ContainerPortArgs(name="main", container_port=what.port, protocol="TCP")],
            resources=ResourceRequirementsArgs(
                requests=what.size.resources.requests.model_dump(),
                limits=what.size.resources.limits.model_dump(),
            ),
            security_context=container_security(),
            startup_probe=_probe(period=2, failures=60),
            readiness_probe=_probe(period=5, failures=3),
            liveness_probe=_probe(period=10, failures=6),
            volume_mounts=mounts,
        )


def _probe(period: int, failures: int) -> ProbeArgs:
    """By the port: none of the servers shows its state to somebody without credentials."""
    return ProbeArgs(
        tcp_socket=TCPSocketActionArgs(port="main"),
        period_seconds=period,
        timeout_seconds=2,
        failure_threshold=failures,
    )
