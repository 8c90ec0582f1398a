"""The hand-over of the shared staging: two Jobs empty it and prove it clean before the next pods start."""

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapProjectionArgs,
    EnvVarArgs,
    ProjectedVolumeSourceArgs,
    VolumeProjectionArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.services import Endpoint
from catalogue.models.shape import StagingShape
from components import postgres_tenant, redis_tenant
from components.labels import TENANT, Owner
from components.pod import from_secret, plain
from components.slot_guard import NOBODY
from components.surroundings import Surroundings
from components.tenant_job import FOLDER, TenantJob, fingerprint, tenant_job
from components.turnover_keys import SCRIPT, STEP, tenants_file
from components.turnover_sql import turnover_sql

SLOT_OWNER = "blueocean.io/slot-owner"
SLOT_START = "blueocean.io/slot-start"


class Turnover(pulumi.ComponentResource):
    """Replaced at every slot; the new owner's pods start when `ready` is done.

    Each Job looks before it empties: what it can't account for ends it as a slot conflict, nothing changed.
    """

    ready: list[pulumi.Resource]

    def __init__(
        self,
        what: StagingShape,
        owner: Owner,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`around.after` is what has to be over first: the others' pods and logins, the owner's tenants."""
        super().__init__("blueocean:components:Turnover", "staging-turnover", None, opts)
        self._what = what
        self._owner = owner
        self._own = pulumi.ResourceOptions(parent=self)
        self._after = list(around.after)
        self._coming = what.owner or ""
        self._start = what.start.isoformat()
        self.ready = [self._database(around), self._cache(around)]
        self.register_outputs({"owner": what.owner or NOBODY, "start": self._start})

    def _database(self, around: Surroundings) -> pulumi.Resource:
        (database,) = {one.database for app in self._what.apps for one in app.postgres}
        sql = turnover_sql(self._what.apps, self._coming, self._start)
        env = _address("PG", around.services.postgres) | {
            "PGDATABASE": database,
            "PGCONNECT_TIMEOUT": "10",
        }
        return self._job(
            "postgres",
            {"turnover.sql": sql},
            image=around.images.psql,
            command=["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", f"{FOLDER}/turnover.sql"],
            env=[*plain(env), *from_secret(postgres_tenant.ADMIN, postgres_tenant.ADMIN_KEYS)],
        )

    def _cache(self, around: Surroundings) -> pulumi.Resource:
        env = _address("REDIS_", around.services.redis) | {"COMING": self._coming, "SLOT": self._start}
        return self._job(
            "redis",
            {"step.lua": STEP, "tenants": tenants_file(self._what.apps)},
            image=around.images.valkey,
            command=["sh", "-ec", SCRIPT],
            env=[*plain(env), *from_secret(redis_tenant.ADMIN, redis_tenant.ADMIN_KEYS)],
        )

    def _job(
        self, kind: str, files: dict[str, str], *, image: str, command: list[str], env: list[EnvVarArgs]
    ) -> pulumi.Resource:
        name, home = f"staging-turnover-{kind}", postgres_tenant.HOME
        labels = self._owner.labels() | {TENANT: kind}
        script = ConfigMap(
            f"{home}-{name}",
            metadata=ObjectMetaArgs(name=name, namespace=home, labels=labels),
            data=files,
            opts=self._own,
        )
        job = TenantJob(
            name=name,
            namespace=home,
            labels=labels,
            image=image,
            command=command,
            env=env,
            files=ProjectedVolumeSourceArgs(
                sources=[VolumeProjectionArgs(config_map=ConfigMapProjectionArgs(name=name))]
            ),
            checksum=fingerprint(*command, *files.values()),
            notes={SLOT_OWNER: self._what.owner or NOBODY, SLOT_START: self._start},
            tries=1,  # a conflict does not go away by itself
        )
        return tenant_job(job, pulumi.ResourceOptions(parent=self, depends_on=[script, *self._after]))


def _address(stem: str, service: Endpoint) -> dict[str, str]:
    return {f"{stem}HOST": service.host, f"{stem}PORT": str(service.port)}
