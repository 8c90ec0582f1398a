"""A shared server outside the cluster: looked for first, then known by the name that all apps use."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import EnvVarArgs, Service, ServiceSpecArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.services import Endpoint
from components import postgres_tenant, redis_tenant
from components.labels import TENANT, Owner
from components.pod import from_secret, plain
from components.surroundings import Images, home, short
from components.tenant_job import TenantJob, fingerprint, tenant_job
from components.workload import SKIP_AWAIT


@dataclass(frozen=True)
class Outside:
    """Where the server is, what it is called in the cluster, and how its administrator asks it something."""

    service: Endpoint
    address: str
    """A DNS name; the port is the service's."""
    image: str
    command: list[str]
    env: list[EnvVarArgs]


def postgres_at(address: str, service: Endpoint, images: Images) -> Outside:
    """A Postgres at an address."""
    values = {
        "PGHOST": address,
        "PGPORT": str(service.port),
        "PGDATABASE": "postgres",
        "PGCONNECT_TIMEOUT": "10",
    }
    return Outside(
        service=service,
        address=address,
        image=images.psql,
        command=["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", "SELECT 'the server answers'"],
        env=[*plain(values), *from_secret(postgres_tenant.ADMIN, postgres_tenant.ADMIN_KEYS)],
    )


def redis_at(address: str, service: Endpoint, images: Images) -> Outside:
    """A Valkey or Redis at an address; its administrator has to be allowed to see the users."""
    values = {"REDIS_HOST": address, "REDIS_PORT": str(service.port)}
    ask = 'valkey-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --user "$REDIS_USERNAME" -e ACL LIST > /dev/null'
    return Outside(
        service=service,
        address=address,
        image=images.valkey,
        command=["sh", "-ec", ask],
        env=[*plain(values), *from_secret(redis_tenant.ADMIN, redis_tenant.ADMIN_KEYS)],
    )


class Elsewhere(pulumi.ComponentResource):
    """An alias for the server of `what`, changed only when the server was reached at its new address."""

    ready: list[pulumi.Resource]

    def __init__(
        self,
        what: Outside,
        owner: Owner,
        after: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what has to exist before its Job may look; `opts` carries the cluster's provider."""
        name = short(what.service)
        super().__init__("blueocean:components:Elsewhere", f"{name}-elsewhere", None, opts)
        self._what, self._name, self._labels = what, name, owner.labels()
        job = self._look(after)
        self.ready = [job, self._alias(job)]
        self.register_outputs({"address": what.address})

    def _look(self, after: list[pulumi.Resource]) -> pulumi.Resource:
        what = self._what
        job = TenantJob(
            name=f"{self._name}-reachable",
            namespace=home(what.service),
            labels=self._labels | {TENANT: "none"},  # it goes where tenants' Jobs go, and makes none
            image=what.image,
            command=what.command,
            env=what.env,
            checksum=fingerprint(what.address, str(what.service.port), *what.command),
            tries=1,  # a wrong address does not get right by itself
        )
        return tenant_job(job, pulumi.ResourceOptions(parent=self, depends_on=after))

    def _alias(self, job: pulumi.Resource) -> Service:
        return Service(
            self._name,
            metadata=ObjectMetaArgs(
                name=self._name,
                namespace=home(self._what.service),
                labels=self._labels,
                annotations={SKIP_AWAIT: "true"},
            ),
            spec=ServiceSpecArgs(type="ExternalName", external_name=self._what.address),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[job]),
        )
