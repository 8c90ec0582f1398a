"""Regular dumps of a database, beside the server and out of the app's own reach."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.batch.v1 import CronJob, CronJobSpecArgs, JobSpecArgs, JobTemplateSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpecArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ResourceRequirementsArgs,
    VolumeArgs,
    VolumeMountArgs,
    VolumeResourceRequirementsArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.container import POSTGRES_KEYS
from catalogue.models.shape import BackupShape
from components.credentials import secret
from components.labels import TENANT, Owner
from components.pod import container_security, from_secret, pod_security
from components.protection import kept

FOLDER = "/backups"
# A dump counts when it is whole: it is read back before it gets its name, and only then an old one goes.
SCRIPT = f"""rm -f {FOLDER}/*.part
dump={FOLDER}/$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).dump
pg_dump --no-password --format=custom --schema="$BACKUP_SCHEMA" --lock-wait-timeout=60s --file="$dump.part"
pg_restore --list "$dump.part" > /dev/null
mv "$dump.part" "$dump"
ls {FOLDER}/*.dump | sort -r | tail -n "+$((BACKUP_KEEP + 1))" | while read -r old; do rm -f "$old"; done
ls {FOLDER}
"""


@dataclass(frozen=True)
class Dumps:
    """What is dumped, as whom and with what."""

    plan: BackupShape
    namespace: str
    """The server's, where the dumps lie."""
    credentials: dict[str, pulumi.Input[str]]
    """libpq's variables, for the role that owns the data."""
    schema: str
    image: str
    """With pg_dump, at least as new as the server."""


class Backup(pulumi.ComponentResource):
    """A CronJob that dumps one schema to a volume and keeps the newest few."""

    def __init__(
        self,
        what: Dumps,
        owner: Owner,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what makes the database and the role."""
        super().__init__("blueocean:components:Backup", what.plan.name, None, opts)
        self._what = what
        self._labels = owner.labels() | {TENANT: "postgres"}
        own = pulumi.ResourceOptions(parent=self)
        rest: dict[str, pulumi.Input[str]] = {
            "BACKUP_SCHEMA": what.schema,
            "BACKUP_KEEP": str(what.plan.keep),
        }
        values = what.credentials | rest
        before = [self._volume(own), secret(self._meta(what.plan.name), values, own)]
        self._schedule(pulumi.ResourceOptions(parent=self, depends_on=[*after, *before]))
        self.register_outputs({"schedule": what.plan.schedule})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=self._what.namespace, labels=self._labels)

    def _volume(self, opts: pulumi.ResourceOptions) -> PersistentVolumeClaim:
        name = f"{self._what.plan.name}s"
        return PersistentVolumeClaim(
            name,
            metadata=self._meta(name),
            spec=PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                resources=VolumeResourceRequirementsArgs(requests={"storage": self._what.plan.size}),
            ),
            opts=pulumi.ResourceOptions.merge(opts, kept()),
        )

    def _schedule(self, opts: pulumi.ResourceOptions) -> CronJob:
        plan = self._what.plan
        job = JobSpecArgs(
            backoff_limit=2,
            active_deadline_seconds=3600,
            template=PodTemplateSpecArgs(metadata=ObjectMetaArgs(labels=self._labels), spec=self._pod()),
        )
        return CronJob(
            plan.name,
            metadata=self._meta(plan.name),
            spec=CronJobSpecArgs(
                schedule=plan.schedule,
                time_zone=plan.timezone,
                concurrency_policy="Forbid",
                starting_deadline_seconds=3600,
                successful_jobs_history_limit=3,
                failed_jobs_history_limit=3,
                job_template=JobTemplateSpecArgs(metadata=ObjectMetaArgs(labels=self._labels), spec=job),
            ),
            opts=opts,
        )

    def _pod(self) -> PodSpecArgs:
        plan = self._what.plan
        keys = (*POSTGRES_KEYS, "BACKUP_SCHEMA", "BACKUP_KEEP")
        claim = PersistentVolumeClaimVolumeSourceArgs(claim_name=f"{plan.name}s")
        container = ContainerArgs(
            name="dump",
            image=self._what.image,
            command=["sh", "-euc", SCRIPT],
            env=from_secret(plan.name, {key: key for key in keys}),
            security_context=container_security(),
            resources=ResourceRequirementsArgs(
                requests={"cpu": "100m", "memory": "128Mi"}, limits={"cpu": "500m", "memory": "512Mi"}
            ),
            volume_mounts=[VolumeMountArgs(name="backups", mount_path=FOLDER)],
        )
        return PodSpecArgs(
            restart_policy="Never",
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(),
            containers=[container],
            volumes=[VolumeArgs(name="backups", persistent_volume_claim=claim)],
        )
