"""Every app of the catalogue, in the environment that the stack is named after: dev, staging or prod."""

from datetime import UTC, datetime
from pathlib import Path

import pulumi

from catalogue.clouds import workshop_shape
from catalogue.problem import CatalogueError
from catalogue.stacks import stack_content
from components import summary
from components.admission import guard
from components.cluster import cluster
from components.shared_services import ServiceChoice, SharedServices
from components.staging import place
from components.surroundings import Images, Surroundings
from components.workshop import Workshop
from policies.admission import admission
from promotion.staging import moment, staging_at

settings = pulumi.Config()
git_token = settings.require_secret("gitToken") if settings.get_bool("workshop") else None
try:
    platform, apps = stack_content(Path(__file__).resolve().parent, pulumi.get_project(), pulumi.get_stack())
    now = moment(datetime.now(UTC), settings.get("at"), preview=pulumi.runtime.is_dry_run())
    staging = staging_at(platform, apps, now, settings.get("slotOwner"))
    choice = ServiceChoice.of(settings.require) if settings.get_bool("sharedServices") else None
    workshop = workshop_shape(platform, apps) if git_token is not None else None
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None

around = Surroundings(Images.of(settings.require), settings.require("ingressNamespace"), platform.services)
on_cluster = pulumi.ResourceOptions(providers=[cluster(settings.get("kubeContext"))])
guard(apps[0], admission, on_cluster, wanted=settings.get_bool("admission"))
apps = place(apps, staging, around, on_cluster)
if choice:
    SharedServices(choice, apps[0].stack, around, on_cluster)
if workshop and git_token is not None:
    Workshop(workshop, git_token, around, on_cluster)
summary.export(apps)
