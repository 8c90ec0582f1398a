"""A workload: Deployment, Service, service account, settings, and budget and autoscaler where it has them."""

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpecArgs,
    Service,
    ServiceAccount,
    ServicePortArgs,
    ServiceSpecArgs,
    VolumeResourceRequirementsArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from catalogue.models.shape import WorkloadShape
from components.labels import Owner, selector, workload_labels
from components.pods import pod_template
from components.protection import guarded, kept
from components.rollout import autoscaler, budget, strategy

DEV_PORT = "blueocean.io/dev-port"
STATUS_PATH = "blueocean.io/status-path"
SKIP_AWAIT = "pulumi.com/skipAwait"


class Workload(pulumi.ComponentResource):
    """The Deployment that `what` describes, with all that belongs to it."""

    service: Service

    def __init__(
        self,
        what: WorkloadShape,
        owner: Owner,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what has to exist before a pod starts: guard rails and the tenants' credentials."""
        super().__init__("blueocean:components:Workload", what.name, None, opts)
        self._what = what
        self._labels = workload_labels(owner, what)
        self._after = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        self._served = pulumi.ResourceOptions.merge(self._after, guarded(what.environment))
        before: list[pulumi.Resource] = [self._account(), self._settings(), *self._claims()]
        self._deployment(before)
        self.service = self._service()
        budget(what, self._meta(), self._after)
        autoscaler(what, self._meta(), self._after)
        self.register_outputs({"image": what.image})

    def _meta(self, annotations: dict[str, str] | None = None, name: str | None = None) -> ObjectMetaArgs:
        return ObjectMetaArgs(
            name=name or self._what.name,
            namespace=self._what.namespace,
            labels=self._labels,
            annotations=annotations,
        )

    def _account(self) -> ServiceAccount:
        """Of its own, so that a right given to one component is nobody else's; it has no token."""
        return ServiceAccount(
            self._what.name, metadata=self._meta(), automount_service_account_token=False, opts=self._after
        )

    def _settings(self) -> ConfigMap:
        return ConfigMap(
            self._what.name, metadata=self._meta(), data=dict(self._what.settings), opts=self._after
        )

    def _claims(self) -> list[PersistentVolumeClaim]:
        return [
            PersistentVolumeClaim(
                f"{self._what.name}-{volume.name}",
                metadata=self._meta(name=f"{self._what.name}-{volume.name}"),
                spec=PersistentVolumeClaimSpecArgs(
                    access_modes=[volume.access],
                    storage_class_name=volume.storage_class,
                    resources=VolumeResourceRequirementsArgs(requests={"storage": volume.size}),
                ),
                opts=pulumi.ResourceOptions.merge(self._after, kept()),
            )
            for volume in self._what.volumes
            if not volume.scratch
        ]

    def _deployment(self, before: list[pulumi.Resource]) -> Deployment:
        what = self._what
        return Deployment(
            what.name,
            metadata=self._meta(),
            spec=DeploymentSpecArgs(
                replicas=what.replicas,  # None where the autoscaler owns the count
                revision_history_limit=5,
                progress_deadline_seconds=300,
                strategy=strategy(what),
                selector=LabelSelectorArgs(match_labels=selector(what)),
                template=pod_template(what, self._labels),
            ),
            opts=pulumi.ResourceOptions.merge(self._served, pulumi.ResourceOptions(depends_on=before)),
        )

    def _service(self) -> Service:
        """Not awaited: it has endpoints when the Deployment, which is awaited, is ready."""
        notes = {SKIP_AWAIT: "true"}
        if self._what.dev_port:
            notes[DEV_PORT] = str(self._what.dev_port)
        if self._what.status:
            notes[STATUS_PATH] = self._what.status
        return Service(
            self._what.name,
            metadata=self._meta(notes),
            spec=ServiceSpecArgs(
                type="ClusterIP",
                selector=selector(self._what),
                ports=[ServicePortArgs(name="http", port=80, target_port="http", protocol="TCP")],
            ),
            opts=self._served,
        )
