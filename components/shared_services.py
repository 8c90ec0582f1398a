"""What all apps share, under fixed names: Postgres and Valkey in `platform`, Prometheus and Grafana beside.

One stack makes them, the one with production's data. The namespace `platform` and the administrators' Secrets
in it are the cluster operator's: the servers start with those credentials and no stack ever holds them. Under
the sandbox's simulated nodes these pods are pretended; real servers on loopback answer to their names there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.rbac.v1 import (
    ClusterRole,
    ClusterRoleBinding,
    PolicyRuleArgs,
    RoleRefArgs,
    SubjectArgs,
)

from catalogue.models.quantity import Compute, Resources
from catalogue.models.shape import NamespaceShape
from components import postgres_tenant, redis_tenant
from components.credentials import password, secret
from components.elsewhere import Elsewhere, Outside, postgres_at, redis_at
from components.labels import Owner
from components.monitoring import grafana_source, prometheus_config
from components.namespace import Namespace
from components.pod import from_secret, plain
from components.server import CONFIG, Server, StatefulServer
from components.service_doors import doors
from components.supervision import networks
from components.surroundings import Surroundings, home, short

GRAFANA_ADMIN = "grafana-admin"
_LARGEST = Resources(requests=Compute(cpu="1", memory="1Gi"), limits=Compute(cpu="1", memory="2Gi"))
_ROOM = Resources(requests=Compute(cpu="2", memory="2Gi"), limits=Compute(cpu="4", memory="4Gi"))
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
# The users of the tenants stand in the file; only the administrator's line is made anew at each start.
_VALKEY = """umask 077; touch /data/users.acl
hash=$(printf %s "$ADMIN_PASSWORD" | sha256sum | cut -d' ' -f1)
grep -v "^user default \\|^user $ADMIN_NAME " /data/users.acl > /data/users.new || true
echo "user default reset off -@all" >> /data/users.new
echo "user $ADMIN_NAME reset on #$hash ~* &* +@all" >> /data/users.new
mv /data/users.new /data/users.acl
unset ADMIN_PASSWORD
exec valkey-server --dir /data --aclfile /data/users.acl --appendonly yes --port 6379
"""


@dataclass(frozen=True)
class ServiceChoice:
    """Which images run, by digest, and which server stands elsewhere (its DNS name), not in the cluster."""

    prometheus: str
    grafana: str
    api_servers: tuple[str, ...]
    """Networks (CIDR) in which the API server answers: Prometheus asks it for the pods."""
    postgres_address: str = ""
    redis_address: str = ""

    @classmethod
    def of(cls, setting: Callable[[str], str], listed: Callable[[str], Any]) -> "ServiceChoice | None":
        """As the program's settings say; None where the stack makes no shared servers.

        Raises ValueError for an address that is no DNS name, and without the API server's networks.
        """
        if setting("sharedServices") != "true":
            return None
        found = cls(
            prometheus=setting("prometheusImage"),
            grafana=setting("grafanaImage"),
            api_servers=networks(listed("apiServerCidrs") or ()),
            postgres_address=setting("postgresAddress"),
            redis_address=setting("redisAddress"),
        )
        if not found.api_servers:
            raise ValueError("Prometheus needs the API server's address; set blueocean:apiServerCidrs")
        for one in (found.postgres_address, found.redis_address):
            if one and not _HOST.fullmatch(one):
                raise ValueError(
                    f"{one!r} is no DNS name; write the server's without scheme and port, like db.example.com"
                )
        return found


class SharedServices(pulumi.ComponentResource):
    """The four servers. An external address becomes an ExternalName Service of the same name and port."""

    ready: list[pulumi.Resource]
    """What has to stand before anything is applied to a database or cache."""

    def __init__(
        self,
        choice: ServiceChoice,
        stack: str,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`stack` is `<project>.<stack>`; `opts` carries the cluster's provider."""
        super().__init__("blueocean:components:SharedServices", "shared-services", None, opts)
        self._choice, self._around = choice, around
        self._data = Owner(app="platform", environment="prod", stack=stack)
        self._watch = Owner(app="monitoring", environment="prod", stack=stack)
        self._own = pulumi.ResourceOptions(parent=self)
        rails = tuple(Namespace(self._room(), self._watch, around, self._own).rails)
        self._open = self._doors(rails)
        self.ready = [*self._open, *self._postgres(), *self._valkey()]
        self._prometheus(rails)
        self._grafana(rails)
        self.register_outputs({})

    def _doors(self, rails: tuple[pulumi.Resource, ...]) -> list[pulumi.Resource]:
        """The connections of both namespaces; returned are those of the databases'."""
        made: dict[str, list[pulumi.Resource]] = {}
        for name, namespace, spec in doors(self._around, self._choice.api_servers):
            owner, after = (self._data, ()) if namespace == postgres_tenant.HOME else (self._watch, rails)
            policy = NetworkPolicy(
                f"{namespace}-{name}",
                metadata=ObjectMetaArgs(name=name, namespace=namespace, labels=owner.labels()),
                spec=spec,
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
            )
            made.setdefault(namespace, []).append(policy)
        return made[postgres_tenant.HOME]

    def _postgres(self) -> list[pulumi.Resource]:
        service = self._around.services.postgres
        if address := self._choice.postgres_address:
            return self._elsewhere(postgres_at(address, service, self._around.images))
        keys = {"POSTGRES_USER": "username", "POSTGRES_PASSWORD": "password"}
        values = {"PGDATA": "/var/lib/postgresql/data/18"}
        server = Server(
            name=short(service),
            namespace=home(service),
            image=self._around.images.psql,
            command=["docker-entrypoint.sh", "postgres", "-c", "password_encryption=scram-sha-256"],
            port=5432,
            service_port=service.port,
            data="/var/lib/postgresql/data",
            size=self._around.services.sizes.postgres,
            env=[*plain(values), *from_secret(postgres_tenant.ADMIN, keys)],
            scratch=("/var/run/postgresql",),
        )
        return [StatefulServer(server, self._data, self._around.after, self._own).pods]

    def _valkey(self) -> list[pulumi.Resource]:
        service = self._around.services.redis
        if address := self._choice.redis_address:
            return self._elsewhere(redis_at(address, service, self._around.images))
        keys = {"ADMIN_NAME": "username", "ADMIN_PASSWORD": "password"}
        server = Server(
            name=short(service),
            namespace=home(service),
            image=self._around.images.valkey,
            command=["sh", "-euc", _VALKEY],
            port=6379,
            service_port=service.port,
            data="/data",
            size=self._around.services.sizes.redis,
            env=from_secret(redis_tenant.ADMIN, keys),
        )
        return [StatefulServer(server, self._data, self._around.after, self._own).pods]

    def _elsewhere(self, what: Outside) -> list[pulumi.Resource]:
        return Elsewhere(what, self._data, self._open, self._own).ready

    def _room(self) -> NamespaceShape:
        return NamespaceShape(
            name=self._around.monitoring_namespace,
            app=self._watch.app,
            environment="prod",
            pod_security="restricted",
            quota=_ROOM,
            pods=4,
            container=_LARGEST,
            external=False,
            has_route=False,
            keeps_data=True,
            isolated=True,
        )

    def _prometheus(self, rails: tuple[pulumi.Resource, ...]) -> None:
        service = self._around.services.prometheus
        server = Server(
            name=short(service),
            namespace=home(service),
            image=self._choice.prometheus,
            command=[
                "/bin/prometheus",
                f"--config.file={CONFIG}/prometheus.yml",
                "--storage.tsdb.path=/prometheus",
                "--storage.tsdb.retention.time=30d",
            ],
            port=9090,
            service_port=service.port,
            data="/prometheus",
            size=self._around.services.sizes.prometheus,
            files={"prometheus.yml": prometheus_config()},
            reads_cluster=True,
        )
        StatefulServer(server, self._watch, (*rails, *self._sight(server)), self._own)

    def _sight(self, server: Server) -> list[pulumi.Resource]:
        """Prometheus finds pods by asking the API server; it reads pods and nothing else."""
        name = f"blueocean-{server.name}"
        meta = ObjectMetaArgs(name=name, labels=self._watch.labels())
        rule = PolicyRuleArgs(api_groups=[""], resources=["pods"], verbs=["get", "list", "watch"])
        role = ClusterRole(name, metadata=meta, rules=[rule], opts=self._own)
        binding = ClusterRoleBinding(
            name,
            metadata=meta,
            role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=name),
            subjects=[SubjectArgs(kind="ServiceAccount", name=server.name, namespace=server.namespace)],
            opts=self._own,
        )
        return [role, binding]

    def _grafana(self, rails: tuple[pulumi.Resource, ...]) -> None:
        service = self._around.services.grafana
        inside = pulumi.ResourceOptions(parent=self, depends_on=list(rails))
        meta = ObjectMetaArgs(name=GRAFANA_ADMIN, namespace=home(service), labels=self._watch.labels())
        key = secret(meta, {"password": password("grafana-admin", self._own)}, inside)
        values = {
            "GF_PATHS_DATA": "/var/lib/grafana",
            "GF_PATHS_PROVISIONING": "/tmp/provisioning",  # noqa: S108  in the container
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_USERS_ALLOW_SIGN_UP": "false",
        }
        start = (
            "mkdir -p /tmp/provisioning/datasources && "
            f"cp {CONFIG}/datasources.yaml /tmp/provisioning/datasources/ && exec /run.sh"
        )
        server = Server(
            name=short(service),
            namespace=home(service),
            image=self._choice.grafana,
            command=["sh", "-euc", start],
            port=3000,
            service_port=service.port,
            data="/var/lib/grafana",
            size=self._around.services.sizes.grafana,
            env=[
                *plain(values),
                *from_secret(GRAFANA_ADMIN, {"GF_SECURITY_ADMIN_PASSWORD": "password"}),
            ],
            files={"datasources.yaml": grafana_source(self._around.services.prometheus)},
        )
        StatefulServer(server, self._watch, (*rails, key), self._own)


def served(
    choice: ServiceChoice | None, stack: str, around: Surroundings, opts: pulumi.ResourceOptions
) -> Surroundings:
    """Make the shared servers where `choice` says so; returned is `around` with what then waits for them."""
    if choice is None:
        return around
    return replace(around, servers=tuple(SharedServices(choice, stack, around, opts).ready))
