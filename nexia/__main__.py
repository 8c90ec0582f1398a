"""NEXIA, an independent project on the components of the apps: it shares their code, not their state."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from catalogue.problem import CatalogueError
from catalogue.secrecy import vet_secrets
from catalogue.stacks import stack_content
from components.estate import Estate
from components.supervision import api_servers
from components.surroundings import Images, Surroundings
from policies.entrance import enter

root, clock, settings = Path(__file__).resolve().parent.parent, datetime.now(UTC), pulumi.Config()
try:
    vet_secrets(settings.get("kubeContext"))
    platform, apps = stack_content(root, pulumi.get_project(), pulumi.get_stack())
    allowed = api_servers(settings.get_object("apiServerCidrs") or (), apps)
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None
around = Surroundings(
    images=Images.of(settings.require),
    ingress_namespace=settings.require("ingressNamespace"),
    services=platform.services,
    api_servers=allowed,
)
enter(Estate(apps, around, settings.get("kubeContext")).make, apps, root, clock)
