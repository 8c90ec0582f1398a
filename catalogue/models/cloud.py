"""What is bought at DigitalOcean. Everything but the registry is off until it is written down."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from catalogue.models.base import Model
from catalogue.models.duration import Duration
from catalogue.models.grammar import Grammar
from catalogue.models.text import DnsLabel

Slug = Annotated[str, Grammar("[a-z0-9][a-z0-9.-]*", "is no slug; write it as DigitalOcean lists it")]


class CloudRegistry(Model):
    """The container registry; its name is the last part of the platform's `registry`."""

    tier: Literal["starter", "basic", "professional"]
    """starter holds 1 repository, basic 5; the platform has 15 images and a cache for each."""
    region: Slug
    write_credential: Duration
    """How long the build room's credential lives; the first `up` after that makes another."""


class CloudCluster(Model):
    """A managed Kubernetes cluster that pulls from the registry by its integration."""

    name: DnsLabel
    region: Slug
    version: Slug
    """Pinned; a smaller one would replace the cluster."""
    size: Slug
    min_nodes: PositiveInt
    max_nodes: PositiveInt


class CloudDatabase(Model):
    """One managed database cluster."""

    name: DnsLabel
    version: Slug
    size: Slug
    nodes: Annotated[int, Field(ge=1, le=3)]


class CloudData(Model):
    """Managed servers in the place of the cluster's own. `sources` may connect, nobody else."""

    region: Slug
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Addresses or ranges; the managed cluster, where there is one, is added."""
    postgres: CloudDatabase | None = None
    valkey: CloudDatabase | None = None


class Cloud(Model):
    """The account's contents."""

    registry: CloudRegistry
    cluster: CloudCluster | None = None
    data: CloudData | None = None
