"""One app's HTTP routes to workloads. Ingress v1 today; a Gateway API route would be another child here."""

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import (
    HTTPIngressPathArgs,
    HTTPIngressRuleValueArgs,
    Ingress,
    IngressBackendArgs,
    IngressRuleArgs,
    IngressServiceBackendArgs,
    IngressSpecArgs,
    IngressTLSArgs,
    ServiceBackendPortArgs,
)

from catalogue.models.shape import RouteShape
from components.labels import Owner
from components.protection import guarded

SKIP_AWAIT = "pulumi.com/skipAwait"


class Route(pulumi.ComponentResource):
    """The hosts of `what`, reachable in its namespace's workloads."""

    url: str

    def __init__(
        self,
        what: RouteShape,
        owner: Owner,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what has to exist first: the namespace and the Services."""
        super().__init__("blueocean:components:Route", f"{what.namespace}-{what.name}", None, opts)
        self.url = f"{'https' if what.tls else 'http'}://{what.host}"
        self._ingress(what, owner, after)
        self.register_outputs({"url": self.url})

    def _ingress(self, what: RouteShape, owner: Owner, after: tuple[pulumi.Resource, ...]) -> Ingress:
        paths = [_path(prefix, service) for prefix, service in what.paths]
        secrets = _secrets(what)
        rules = [IngressRuleArgs(host=host, http=HTTPIngressRuleValueArgs(paths=paths)) for host in secrets]
        tls = [IngressTLSArgs(hosts=[host], secret_name=secret) for host, secret in secrets.items()]
        return Ingress(
            f"{what.namespace}-{what.name}",
            metadata=ObjectMetaArgs(
                name=what.name,
                namespace=what.namespace,
                labels=owner.labels(),
                # A controller that serves by node port or host network never writes an address to wait for.
                annotations={SKIP_AWAIT: "true"} | dict(what.annotations),
            ),
            spec=IngressSpecArgs(
                ingress_class_name=what.ingress_class, rules=rules, tls=tls if what.tls else None
            ),
            opts=pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(parent=self, depends_on=list(after)), guarded(what.environment)
            ),
        )


def _secrets(what: RouteShape) -> dict[str, str]:
    """By host, the Secret with its certificate: the entry has one of its own, whoever answers under it."""
    return {what.host: f"{what.name}-tls"} | ({what.entry: f"{what.entry}-tls"} if what.entry else {})


def _path(prefix: str, service: str) -> HTTPIngressPathArgs:
    backend = IngressServiceBackendArgs(name=service, port=ServiceBackendPortArgs(name="http"))
    return HTTPIngressPathArgs(path=prefix, path_type="Prefix", backend=IngressBackendArgs(service=backend))
