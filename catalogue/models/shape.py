"""What one app is in one environment: derived from the catalogue, handed to the components.

A shape holds decided values only. Nothing in it depends on the clock, on files or on the engine,
so a component renders the same objects from the same shape, always.
"""

from typing import Any, Literal

from pydantic import AwareDatetime

from catalogue.models.base import Model
from catalogue.models.cloud import CloudCluster, CloudDatabase
from catalogue.models.quantity import Compute, Resources
from catalogue.models.slot import Slot

Environment = Literal["dev", "staging", "prod"]


class Service(Model):
    """A shared service as pods address it: a DNS name inside the cluster and a TCP port."""

    host: str
    port: int


class AutoscalingShape(Model):
    """Bounds of a HorizontalPodAutoscaler (autoscaling/v2) and its CPU target in percent of the request.

    `pace` chooses the scale-down behaviour: `conservative` gives pods back more slowly.
    """

    min: int
    max: int
    cpu: int
    pace: Literal["normal", "conservative"] = "normal"


class VolumeShape(Model):
    """A directory mounted into a workload: a PersistentVolumeClaim, or scratch space of the pod."""

    name: str
    mount: str
    size: str
    access: Literal["ReadWriteOnce", "ReadWriteMany"] = "ReadWriteOnce"
    storage_class: str | None = None
    """None: the cluster's default one."""
    scratch: bool = False
    """An emptyDir with `size` as its limit instead of a claim: dev and staging keep nothing."""


class BackupShape(Model):
    """Regular dumps of one database to a volume of their own, beside the server."""

    name: str
    """Of the CronJob; its volume is `<name>s`."""
    schedule: str
    """Five cron fields, in `timezone`."""
    timezone: str
    keep: int
    """How many dumps are kept; the oldest go first."""
    size: str


class PostgresTenantShape(Model):
    """One database access: a NOLOGIN `owner` owns `schema` in `database`, `role` logs in and works there."""

    name: str
    """Name of the tenant Job, e.g. `nextstep-dev-postgres`."""
    environment: Environment
    app: str
    service: Service
    database: str
    shared: bool
    """Whether other tenants live in the same database (staging)."""
    schema_name: str
    owner: str
    role: str
    connections: int
    """CONNECTION LIMIT of the login role."""
    secret: str
    """Name of the Secret with the credentials, in the app's namespaces."""
    namespaces: tuple[str, ...]
    """Where the Secret is needed."""
    backup: BackupShape | None = None
    """In production only, and only where the app asks for it."""
    active: bool = True
    """Whether the role may log in; in staging only while its app owns the slot."""


class RedisTenantShape(Model):
    """One cache access: `user` may touch only keys and channels that start with `prefix`."""

    name: str
    environment: Environment
    app: str
    service: Service
    user: str
    prefix: str
    """Including the trailing colon, e.g. `nextstep:dev:`."""
    scripting: bool
    """EVAL only where an app needs it (CVE-2025-49844 and kin are Lua's)."""
    secret: str
    namespaces: tuple[str, ...]
    active: bool = True
    """Whether the user may log in; in staging only while its app owns the slot."""


class WorkloadShape(Model):
    """One Deployment with what belongs to it."""

    name: str
    """Deployment and Service name: `<image>-<environment>`, as the rollback commands of the spec expect."""
    app: str
    component: str
    environment: Environment
    namespace: str
    image_name: str
    image: str
    """Full reference with digest."""
    version: str
    """The image's tag."""
    replicas: int | None
    """None exactly where `autoscaling` owns the count."""
    autoscaling: AutoscalingShape | None
    resources: Resources
    surge: bool
    """Whether a rolling update may start one pod more than the count (not in staging's tight quota)."""
    health: str
    """HTTP path of readiness, liveness and startup probes, on the port named `http`."""
    status: str | None = None
    """HTTP path under which it tells its own state, beside its health (spec section 2)."""
    port: int = 8080
    dev_port: int | None = None
    """Port on the developer's loopback, in dev only."""
    postgres: str | None = None
    """Name of the Secret of its PostgresTenantShape."""
    redis: str | None = None
    volumes: tuple[VolumeShape, ...] = ()
    always_on: bool = False
    """Whether a drain or a lost node may never take its last ready pod (NEXIA's agent)."""
    supervises: bool = False
    """Whether its pods get a token with which they may read every namespace's workloads, and nothing else."""
    priority: str | None = None
    """In the shared staging the class that tells the app's pods from the others'; it gives no precedence."""
    settings: tuple[tuple[str, str], ...] = ()
    """Non-secret configuration, as environment variables, in order."""


class RouteShape(Model):
    """HTTP routes of one host to workloads; the longest path prefix wins."""

    name: str
    app: str
    environment: Environment
    namespace: str
    host: str
    entry: str | None = None
    """A second host with the same paths, which whoever owns the shared staging answers under."""
    tls: bool
    """TLS with a redirect from http (D-4); False only in dev."""
    ingress_class: str
    annotations: tuple[tuple[str, str], ...] = ()
    """What the platform's ingress controllers want to be told about TLS."""
    paths: tuple[tuple[str, str], ...]
    """(path prefix, Service name), in the order of the catalogue."""


class NamespaceShape(Model):
    """A namespace with its guard rails."""

    name: str
    app: str
    environment: Environment
    pod_security: Literal["restricted", "baseline"]
    quota: Resources
    """Ceiling of the sum of all pods' requests and limits."""
    pods: int
    """Ceiling of the number of pods."""
    container: Resources
    """Default and maximum of one container."""
    external: bool
    """Whether pods may reach https endpoints outside the cluster."""
    has_route: bool
    """Whether the ingress controller may reach the pods."""
    keeps_data: bool = False
    """Whether volumes in it outlive their pods."""
    isolated: bool = False
    """Whether its pods reach nothing but DNS and, with `external`, https outside; nobody reaches them."""


class AppShape(Model):
    """An app in an environment: what `components.Application` composes."""

    name: str
    environment: Environment
    stack: str
    """`<project>.<stack>`, the mark that every object of the stack carries as a label."""
    namespaces: tuple[NamespaceShape, ...]
    workloads: tuple[WorkloadShape, ...]
    route: RouteShape | None
    side_routes: tuple[RouteShape, ...] = ()
    """The same host's paths to components in other namespaces: an Ingress reaches only its own."""
    postgres: tuple[PostgresTenantShape, ...]
    redis: RedisTenantShape | None
    slot: Slot | None = None
    """When it owns the shared staging; None in every other environment."""


class StagingShape(Model):
    """The shared staging at one moment: every app in it, one of them present or none."""

    namespace: NamespaceShape
    stack: str
    owner: str | None
    """The app that may have pods, None between the slots."""
    start: AwareDatetime
    """When its slot began; between the slots, when the last one ended."""
    end: AwareDatetime
    """When the next slot begins, or this one ends."""
    apps: tuple[AppShape, ...]
    """The owner as it runs there, the others without pods, routes and logins."""


class BuildRoomShape(Model):
    """Where images are built: a namespace, and the pod that every build is made from."""

    namespace: NamespaceShape
    stack: str
    """`<project>.<stack>`, the mark that every object carries as a label."""
    pod: dict[str, Any]
    """The pod template's manifest; a build sets its variables and changes nothing else."""
    account: str
    """The pods' service account, which has no token and no right."""
    registry_secret: str
    git_secret: str


class RegistryShape(Model):
    """The container registry and the credential that writes to it."""

    name: str
    tier: str
    region: str
    write_seconds: int
    """How long the write credential lives."""


class ManagedDataShape(Model):
    """Managed database clusters in the place of the cluster's own servers."""

    region: str
    sources: tuple[str, ...]
    postgres: CloudDatabase | None
    valkey: CloudDatabase | None
    databases: tuple[str, ...]
    """What the Postgres cluster holds, made before the tenants' Jobs work in them."""


class CloudShape(Model):
    """What a stack has at DigitalOcean."""

    registry: RegistryShape
    cluster: CloudCluster | None
    data: ManagedDataShape | None


class WorkshopShape(Model):
    """What exists once for all environments, made by one stack."""

    cloud: CloudShape
    room: BuildRoomShape


__all__ = [
    "AppShape",
    "AutoscalingShape",
    "BackupShape",
    "BuildRoomShape",
    "CloudShape",
    "Compute",
    "Environment",
    "ManagedDataShape",
    "NamespaceShape",
    "PostgresTenantShape",
    "RedisTenantShape",
    "RegistryShape",
    "Resources",
    "RouteShape",
    "Service",
    "StagingShape",
    "VolumeShape",
    "WorkloadShape",
    "WorkshopShape",
]
