"""What an environment decides for every app in it."""

from pydantic import PositiveInt

from catalogue.models.base import Model
from catalogue.models.quantity import Resources
from catalogue.models.text import DnsLabel, DnsName, Template


class Place(Model):
    """Names of an environment, as templates; `{app}` is the app's name, `{stem}` a database's stem."""

    namespace: Template
    host: Template
    tls: bool
    """TLS with a redirect from http (D-4)."""
    database: Template
    role: Template


class Dev(Place):
    """One pod a component, small, on the developer's own hosts and ports."""

    replicas: PositiveInt
    resources: Resources


class Staging(Place):
    """One namespace for all, owned by one app at a time; the totals are the namespace's quota (D-9)."""

    namespace: DnsLabel
    entry: DnsName
    """The one address under which the slot's owner answers, beside its own host."""
    min_pods: PositiveInt
    max_pods: PositiveInt
    total: Resources


class Prod(Place):
    """Pods and resources are the apps' own."""


class Environments(Model):
    """The three environments of the platform."""

    dev: Dev
    staging: Staging
    prod: Prod
