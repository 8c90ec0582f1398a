"""Shared services, as pods address them."""

from typing import Annotated

from pydantic import Field, PositiveInt

from catalogue.models.base import Model
from catalogue.models.server import ServerSizes
from catalogue.models.text import DnsName

Port = Annotated[int, Field(ge=1, le=65535)]


class Endpoint(Model):
    """A DNS name inside the cluster and a TCP port."""

    host: DnsName
    port: Port


class Postgres(Endpoint):
    """The shared database server."""

    connections_per_pod: PositiveInt
    """A tenant's connection limit is this times the pods that it may have."""


class Services(Model):
    """What the apps share."""

    postgres: Postgres
    redis: Endpoint
    prometheus: Endpoint
    grafana: Endpoint
    sizes: ServerSizes = ServerSizes()
    """What the servers take that a stack makes in the cluster."""
