"""NEXIA, an independent project on the components of the apps: it shares their code, not their state."""

from pathlib import Path

import pulumi

from catalogue.problem import CatalogueError
from catalogue.stacks import stack_content
from components import summary
from components.application import Application
from components.cluster import cluster
from components.supervision import api_servers
from components.surroundings import Images, Surroundings

ROOT = Path(__file__).resolve().parent.parent

settings = pulumi.Config()
try:
    platform, apps = stack_content(ROOT, pulumi.get_project(), pulumi.get_stack())
    allowed = api_servers(settings.get_object("apiServerCidrs") or (), apps)
except (CatalogueError, ValueError) as error:
    raise pulumi.RunError(f"Nothing was touched:\n{error}") from None

around = Surroundings(
    images=Images(psql=settings.require("psqlImage"), valkey=settings.require("valkeyImage")),
    ingress_namespace=settings.require("ingressNamespace"),
    services=platform.services,
    api_servers=allowed,
)
on_cluster = pulumi.ResourceOptions(providers=[cluster(settings.get("kubeContext"))])
for app in apps:
    Application(app, around, on_cluster)

pulumi.export("urls", summary.urls(apps))
pulumi.export("hosts", summary.hosts(apps))
pulumi.export("namespaces", summary.namespaces(apps))
pulumi.export("images", summary.images(apps))
pulumi.export("databases", summary.databases(apps))
