"""What all apps share, under fixed names: Postgres and Valkey in `platform`, Prometheus and Grafana beside.

One stack makes them, the one with production's data. The namespace `platform` and the administrators' Secrets
in it are the cluster operator's: the servers start with those credentials and no stack ever holds them. Under
the sandbox's simulated nodes these pods are pretended; real servers on loopback answer to their names there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import EnvVarArgs, Service, ServiceSpecArgs
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
from catalogue.models.services import Endpoint
from catalogue.models.shape import NamespaceShape
from components import postgres_tenant, redis_tenant
from components.credentials import password, secret
from components.labels import Owner
from components.monitoring import grafana_source, prometheus_config
from components.namespace import Namespace
from components.pod import from_secret
from components.server import CONFIG, Server, StatefulServer
from components.service_doors import doors
from components.surroundings import Surroundings, home
from components.workload import SKIP_AWAIT

GRAFANA_ADMIN = "grafana-admin"
LARGE = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}
SMALL = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}}
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
    postgres_address: str = ""
    redis_address: str = ""

    @classmethod
    def of(cls, setting: Callable[[str], str]) -> "ServiceChoice":
        """As the program's settings say. Raises ValueError for an address that is no DNS name."""
        names = ("prometheusImage", "grafanaImage", "postgresAddress", "redisAddress")
        found = cls(*(setting(name) for name in names))
        for one in (found.postgres_address, found.redis_address):
            if one and not _HOST.fullmatch(one):
                raise ValueError(
                    f"{one!r} is no DNS name; write the server's without scheme and port, like db.example.com"
                )
        return found


class SharedServices(pulumi.ComponentResource):
    """The four servers. An external address becomes an ExternalName Service of the same name and port."""

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
        self._postgres()
        self._valkey()
        rails = tuple(Namespace(self._room(), self._watch, around, self._own).rails)
        self._prometheus(rails)
        self._grafana(rails)
        for name, namespace, spec in doors(around):
            owner = self._data if namespace == postgres_tenant.HOME else self._watch
            NetworkPolicy(
                f"{namespace}-{name}",
                metadata=ObjectMetaArgs(name=name, namespace=namespace, labels=owner.labels()),
                spec=spec,
                opts=pulumi.ResourceOptions(
                    parent=self, depends_on=[] if owner is self._data else list(rails)
                ),
            )
        self.register_outputs({})

    def _postgres(self) -> None:
        service = self._around.services.postgres
        if self._choice.postgres_address:
            return self._elsewhere(service, self._choice.postgres_address)
        keys = {"POSTGRES_USER": "username", "POSTGRES_PASSWORD": "password"}
        plain = EnvVarArgs(name="PGDATA", value="/var/lib/postgresql/data/18")
        server = Server(
            name=_name(service),
            namespace=home(service),
            image=self._around.images.psql,
            command=["docker-entrypoint.sh", "postgres", "-c", "password_encryption=scram-sha-256"],
            port=5432,
            service_port=service.port,
            data="/var/lib/postgresql/data",
            size="50Gi",
            resources=LARGE,
            env=[plain, *from_secret(postgres_tenant.ADMIN, keys)],
            scratch=("/var/run/postgresql",),
        )
        StatefulServer(server, self._data, self._around.after, self._own)
        return None

    def _valkey(self) -> None:
        service = self._around.services.redis
        if self._choice.redis_address:
            return self._elsewhere(service, self._choice.redis_address)
        keys = {"ADMIN_NAME": "username", "ADMIN_PASSWORD": "password"}
        server = Server(
            name=_name(service),
            namespace=home(service),
            image=self._around.images.valkey,
            command=["sh", "-euc", _VALKEY],
            port=6379,
            service_port=service.port,
            data="/data",
            size="10Gi",
            resources=LARGE,
            env=from_secret(redis_tenant.ADMIN, keys),
        )
        StatefulServer(server, self._data, self._around.after, self._own)
        return None

    def _elsewhere(self, service: Endpoint, address: str) -> None:
        name = _name(service)
        Service(
            name,
            metadata=ObjectMetaArgs(
                name=name,
                namespace=home(service),
                labels=self._data.labels(),
                annotations={SKIP_AWAIT: "true"},
            ),
            spec=ServiceSpecArgs(type="ExternalName", external_name=address),
            opts=self._own,
        )

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
            name=_name(service),
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
            size="50Gi",
            resources=LARGE,
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
        plain = {
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
            name=_name(service),
            namespace=home(service),
            image=self._choice.grafana,
            command=["sh", "-euc", start],
            port=3000,
            service_port=service.port,
            data="/var/lib/grafana",
            size="5Gi",
            resources=SMALL,
            env=[
                *(EnvVarArgs(name=name, value=value) for name, value in plain.items()),
                *from_secret(GRAFANA_ADMIN, {"GF_SECURITY_ADMIN_PASSWORD": "password"}),
            ],
            files={"datasources.yaml": grafana_source(self._around.services.prometheus)},
        )
        StatefulServer(server, self._watch, (*rails, key), self._own)


def _name(service: Endpoint) -> str:
    return service.host.split(".", 1)[0]
