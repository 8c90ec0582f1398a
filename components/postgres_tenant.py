"""A database tenant: credentials for the app, and the Job that makes role, database and schema."""

import pulumi
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapProjectionArgs,
    EnvVarArgs,
    ProjectedVolumeSourceArgs,
    Secret,
    VolumeProjectionArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.shape import PostgresTenantShape
from components.backup import Backup, Dumps
from components.credentials import password, secret
from components.labels import TENANT, Owner
from components.pod import from_secret, plain
from components.scram import verifier
from components.surroundings import Surroundings
from components.tenant_job import FOLDER, TenantJob, fingerprint, tenant_job
from components.tenant_sql import VERIFIER, tenant_sql

ADMIN = "postgres-central-admin"
"""The administrator's Secret (keys username, password) in the server's namespace; made by its operator."""
ADMIN_KEYS = {"PGUSER": "username", "PGPASSWORD": "password"}
"""What psql calls the keys of that Secret."""
HOME = "platform"
"""The shared servers' namespace."""


class PostgresTenant(pulumi.ComponentResource):
    """The access that `what` describes; the app may start when `ready` exists."""

    ready: list[pulumi.Resource]

    def __init__(
        self,
        what: PostgresTenantShape,
        owner: Owner,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The app's namespaces are expected among `around.after`."""
        super().__init__("blueocean:components:PostgresTenant", what.name, None, opts)
        self._what = what
        self._labels = owner.labels() | {TENANT: "postgres"}
        self._own = pulumi.ResourceOptions(parent=self)
        self._password = password(what.name, self._own)
        self._verifier = self._password.apply(lambda plain: verifier(plain, what.role))
        job = self._job(around)
        self.ready = [job, *self._credentials(around.after)]
        if what.backup:
            dumps = Dumps(what.backup, HOME, self._values(), what.schema_name, around.images.psql)
            Backup(dumps, owner, (job,), self._own)
        self.register_outputs({"database": what.database, "schema": what.schema_name})

    def _meta(self, name: str, namespace: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=namespace, labels=self._labels)

    def _credentials(self, after: tuple[pulumi.Resource, ...]) -> list[Secret]:
        what = self._what
        opts = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        return [
            secret(self._meta(what.secret, namespace), self._values(), opts) for namespace in what.namespaces
        ]

    def _values(self) -> dict[str, pulumi.Input[str]]:
        what = self._what
        return {
            "PGHOST": what.service.host,
            "PGPORT": str(what.service.port),
            "PGDATABASE": what.database,
            "PGUSER": what.role,
            "PGPASSWORD": self._password,
            "PGOPTIONS": f"-c search_path={what.schema_name}",
        }

    def _job(self, around: Surroundings) -> pulumi.Resource:
        what = self._what
        sql = tenant_sql(what)
        script = ConfigMap(
            f"{HOME}-{what.name}",
            metadata=self._meta(what.name, HOME),
            data={"tenant.sql": sql},
            opts=self._own,
        )
        key = secret(self._meta(what.name, HOME), {VERIFIER: self._verifier}, self._own)
        checksum = self._verifier.apply(lambda text: fingerprint(sql, text))
        job = TenantJob(
            name=what.name,
            namespace=HOME,
            labels=self._labels,
            image=around.images.psql,
            command=["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", f"{FOLDER}/tenant.sql"],
            env=self._env(),
            files=ProjectedVolumeSourceArgs(
                sources=[VolumeProjectionArgs(config_map=ConfigMapProjectionArgs(name=what.name))]
            ),
            checksum=pulumi.Output.unsecret(checksum),  # a hash of a hash of 190 random bits says nothing
        )
        before = [script, key, *around.servers]
        return tenant_job(job, pulumi.ResourceOptions(parent=self, depends_on=before))

    def _env(self) -> list[EnvVarArgs]:
        values = {
            "PGHOST": self._what.service.host,
            "PGPORT": str(self._what.service.port),
            "PGDATABASE": "postgres",
            "PGCONNECT_TIMEOUT": "10",
        }
        return [
            *plain(values),
            *from_secret(ADMIN, ADMIN_KEYS),
            *from_secret(self._what.name, {VERIFIER: VERIFIER}),
        ]
