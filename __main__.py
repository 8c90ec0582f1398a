"""Every app of the catalogue, in the environment that the stack is named after: dev, staging or prod."""

from datetime import UTC, datetime
from pathlib import Path

import pulumi

from catalogue.clouds import workshop_shape
from catalogue.problem import CatalogueError
from catalogue.stacks import stack_content
from components import summary
from components.application import Application
from components.cluster import cluster
from components.staging import Staging
from components.surroundings import Images, Surroundings
from components.workshop import Workshop
from promotion.staging import moment, staging_at

settings = pulumi.Config()
git_token = settings.require_secret("gitToken") if settings.get_bool("workshop") else None
try:
    platform, apps = stack_content(Path(__file__).resolve().parent, pulumi.get_project(), pulumi.get_stack())
    now = moment(datetime.now(UTC), settings.get("at"), preview=pulumi.runtime.is_dry_run())
    staging = staging_at(platform, apps, now, settings.get("slotOwner"))
    workshop = workshop_shape(platform, apps) if git_token is not None else None
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None

images = Images(psql=settings.require("psqlImage"), valkey=settings.require("valkeyImage"))
around = Surroundings(images, settings.require("ingressNamespace"), platform.services)
on_cluster = pulumi.ResourceOptions(providers=[cluster(settings.get("kubeContext"))])
if staging:
    apps = Staging(staging, around, on_cluster).apps
else:
    for app in apps:
        Application(app, around, on_cluster)
if workshop and git_token is not None:
    Workshop(workshop, git_token, around, on_cluster)
for what in (summary.urls, summary.hosts, summary.namespaces, summary.images, summary.databases):
    pulumi.export(what.__name__, what(apps))
