"""What stands around every app of a stack and isn't the app's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pulumi

from catalogue.models.services import Endpoint, Services


class Images(NamedTuple):
    """The client images of the tenants' Jobs, with digest."""

    psql: str
    valkey: str

    @classmethod
    def of(cls, setting: Callable[[str], str]) -> "Images":
        """As the program's settings name them."""
        return cls(psql=setting("psqlImage"), valkey=setting("valkeyImage"))


def _nothing(_tenants: tuple[pulumi.Resource, ...]) -> Sequence[pulumi.Resource]:
    return ()


@dataclass(frozen=True)
class Surroundings:
    """Decided by the program's settings, the same for each app of the stack."""

    images: Images
    ingress_namespace: str
    """Where the ingress controller's pods run; only they may reach pods with a route."""
    services: Services
    """The shared servers, as `<name>.<namespace>.svc…` and port."""
    api_servers: tuple[str, ...] = ()
    """Networks (CIDR) in which the API server answers; only pods that supervise may reach it."""
    after: tuple[pulumi.Resource, ...] = ()
    """What has to exist before the first object of an app."""
    servers: tuple[pulumi.Resource, ...] = ()
    """The shared servers, where this stack makes them: what is applied to a server waits for it."""
    before_pods: Callable[[tuple[pulumi.Resource, ...]], Sequence[pulumi.Resource]] = _nothing
    """Given what makes an app's accesses, what else has to be done before its pods start."""

    @property
    def monitoring_namespace(self) -> str:
        """Where the scraper runs."""
        return home(self.services.prometheus)


def short(service: Endpoint) -> str:
    """The name of a service's object: the first part of its host."""
    return service.host.split(".", 1)[0]


def home(service: Endpoint) -> str:
    """The namespace of a service: `<name>.<namespace>.svc.cluster.local`. ValueError for any other host."""
    _, namespace, kind, *_ = [*service.host.split("."), "", ""]
    if kind != "svc":
        raise ValueError(f"{service.host} is no service of the cluster; write it as <name>.<namespace>.svc…")
    return namespace
