"""Every app of the catalogue, in the environment that the stack is named after: dev, staging or prod."""

import catalogue.short_lived  # noqa: F401, I001  first, before what it makes cheaper
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from catalogue.clouds import workshop_shape
from catalogue.problem import CatalogueError
from catalogue.secrecy import vet_secrets
from catalogue.stacks import stack_content
from components.estate import Estate
from components.shared_services import ServiceChoice
from components.surroundings import Images, Surroundings
from policies.admission import admission
from policies.entrance import enter
from promotion.staging import moment, staging_at

root, clock, settings = Path(__file__).resolve().parent, datetime.now(UTC), pulumi.Config()
try:
    buys = settings.get_bool("workshop") and not pulumi.runtime.is_dry_run()
    vet_secrets(settings.get("kubeContext"), buys=bool(buys))
    platform, apps = stack_content(root, pulumi.get_project(), pulumi.get_stack())
    now = moment(clock, settings.get("at"), preview=pulumi.runtime.is_dry_run())
    estate = Estate(
        apps,
        Surroundings(Images.of(settings.require), settings.require("ingressNamespace"), platform.services),
        settings.get("kubeContext"),
        staging=staging_at(platform, apps, now, settings.get("slotOwner")),
        guards=admission if settings.get_bool("admission") else None,
        services=ServiceChoice.of(settings.require, settings.get_object),
        workshop=workshop_shape(platform, apps) if settings.get_bool("workshop") else None,
        git_token=lambda: settings.require_secret("gitToken"),
    )
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None
enter(estate.make, apps, root, clock)
