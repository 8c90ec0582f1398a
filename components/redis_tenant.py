"""A cache tenant: credentials for the app, and the Job that makes its user with the rights of its prefix."""

import hashlib

import pulumi
from pulumi_kubernetes.core.v1 import EnvVarArgs, Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.shape import RedisTenantShape
from components.credentials import password, secret
from components.labels import TENANT, Owner
from components.pod import from_secret, plain
from components.surroundings import Surroundings
from components.tenant_acl import tenant_acl
from components.tenant_job import TenantJob, fingerprint, tenant_job

ADMIN = "platform-pool-redis-admin"
"""The administrator's Secret (keys username, password) in the server's namespace; made by its operator."""
ADMIN_KEYS = {"REDIS_USERNAME": "username", "REDISCLI_AUTH": "password"}
"""What valkey-cli and the scripts call the keys of that Secret."""
HOME = "platform"
"""The shared servers' namespace."""
ACL = "TENANT_ACL"
"""The environment variable with what the user may do, in the clear: rules judge it."""
HASH = "TENANT_HASH"
"""The environment variable with the SHA-256 of the user's password."""
# The command is given as arguments, not by stdin: only then does `-e` turn an error reply into a failure.
# `default` stays on where the administrator is `default` itself (managed servers, where it has a password).
SCRIPT = f"""set -f
cli() {{ valkey-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --user "$REDIS_USERNAME" -e "$@"; }}
cli ACL SETUSER ${ACL} "#${HASH}"
[ "$REDIS_USERNAME" = default ] || cli ACL SETUSER default off
cli ACL SAVE || echo "The server has no ACL file: it keeps its users itself."
"""


class RedisTenant(pulumi.ComponentResource):
    """The access that `what` describes; the app may start when `ready` exists."""

    ready: list[pulumi.Resource]

    def __init__(
        self,
        what: RedisTenantShape,
        owner: Owner,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The app's namespaces are expected among `around.after`."""
        super().__init__("blueocean:components:RedisTenant", what.name, None, opts)
        self._what = what
        self._labels = owner.labels() | {TENANT: "redis"}
        self._own = pulumi.ResourceOptions(parent=self)
        self._password = password(what.name, self._own)
        self.ready = [self._job(around), *self._credentials(around.after)]
        self.register_outputs({"user": what.user, "prefix": what.prefix})

    def _meta(self, name: str, namespace: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=namespace, labels=self._labels)

    def _credentials(self, after: tuple[pulumi.Resource, ...]) -> list[Secret]:
        what = self._what
        values: dict[str, pulumi.Input[str]] = {
            "REDIS_HOST": what.service.host,
            "REDIS_PORT": str(what.service.port),
            "REDIS_USERNAME": what.user,
            "REDIS_PASSWORD": self._password,
            "REDIS_PREFIX": what.prefix,
        }
        opts = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        return [secret(self._meta(what.secret, namespace), values, opts) for namespace in what.namespaces]

    def _job(self, around: Surroundings) -> pulumi.Resource:
        what = self._what
        acl = tenant_acl(what)
        hashed = self._password.apply(lambda plain: hashlib.sha256(plain.encode()).hexdigest())
        key = secret(self._meta(what.name, HOME), {HASH: hashed}, self._own)
        # A hash over a hash of 190 random bits says nothing about them.
        checksum = hashed.apply(lambda text: fingerprint(SCRIPT, acl, text))
        job = TenantJob(
            name=what.name,
            namespace=HOME,
            labels=self._labels,
            image=around.images.valkey,
            command=["sh", "-ec", SCRIPT],
            env=self._env(acl),
            checksum=pulumi.Output.unsecret(checksum),
        )
        return tenant_job(job, pulumi.ResourceOptions(parent=self, depends_on=[key, *around.servers]))

    def _env(self, acl: str) -> list[EnvVarArgs]:
        service = self._what.service
        values = {"REDIS_HOST": service.host, "REDIS_PORT": str(service.port), ACL: acl}
        return [
            *plain(values),
            *from_secret(ADMIN, ADMIN_KEYS),
            *from_secret(self._what.name, {HASH: HASH}),
        ]
