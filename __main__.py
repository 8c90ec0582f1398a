"""Every app of the catalogue, in the environment that the stack is named after: dev, staging or prod."""

from pathlib import Path

import pulumi

from catalogue.clouds import workshop_shape
from catalogue.problem import CatalogueError
from catalogue.stacks import stack_content
from components import summary
from components.application import Application
from components.cluster import cluster
from components.surroundings import Images, Surroundings
from components.workshop import Workshop

ROOT = Path(__file__).resolve().parent

settings = pulumi.Config()
git_token = settings.require_secret("gitToken") if settings.get_bool("workshop") else None
try:
    platform, apps = stack_content(ROOT, pulumi.get_project(), pulumi.get_stack())
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None

around = Surroundings(
    images=Images(psql=settings.require("psqlImage"), valkey=settings.require("valkeyImage")),
    ingress_namespace=settings.require("ingressNamespace"),
    services=platform.services,
)
on_cluster = pulumi.ResourceOptions(providers=[cluster(settings.get("kubeContext"))])
for app in apps:
    Application(app, around, on_cluster)
if git_token is not None:
    Workshop(workshop_shape(platform, apps), git_token, around, on_cluster)

pulumi.export("urls", summary.urls(apps))
pulumi.export("hosts", summary.hosts(apps))
pulumi.export("namespaces", summary.namespaces(apps))
pulumi.export("images", summary.images(apps))
pulumi.export("databases", summary.databases(apps))
