"""Shapes made by hand, with figures that occur nowhere else."""

from catalogue.models.quantity import Compute, Resources
from catalogue.models.shape import AutoscalingShape, NamespaceShape, RouteShape, VolumeShape, WorkloadShape
from components.labels import Owner

OWNER = Owner(app="shop", environment="prod", stack="blueocean.prod")
SIZE = Resources(requests=Compute(memory="100Mi", cpu="110m"), limits=Compute(memory="200Mi", cpu="210m"))
ROOM = Resources(requests=Compute(memory="1Gi", cpu="1"), limits=Compute(memory="2Gi", cpu="2"))
WORKLOAD = WorkloadShape(
    name="shop-web-prod",
    app="shop",
    component="web",
    environment="prod",
    namespace="shop-prod",
    image_name="shop-web",
    image="registry.example/shop-web:1.2.3@sha256:0",
    version="1.2.3",
    replicas=None,
    autoscaling=AutoscalingShape(min=3, max=7, cpu=65),
    resources=SIZE,
    surge=True,
    health="/web/health",
    postgres="shop-postgres",
    redis=None,
    volumes=(VolumeShape(name="models", mount="/models", size="3Gi", access="ReadWriteMany"),),
    settings=(("COLOUR", "blue"),),
)
NAMESPACE = NamespaceShape(
    name="shop-prod",
    app="shop",
    environment="prod",
    pod_security="restricted",
    quota=ROOM,
    pods=9,
    container=SIZE,
    external=True,
    has_route=True,
)
ROUTE = RouteShape(
    name="shop-prod",
    app="shop",
    environment="prod",
    namespace="shop-prod",
    host="shop.example",
    tls=True,
    ingress_class="blueocean",
    paths=(("/", "shop-web-prod"), ("/api", "shop-api-prod")),
)
