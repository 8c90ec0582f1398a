"""Shapes in dev, staging and production against the spec, written down by hand."""

from typing import NamedTuple

import pytest

from catalogue.derive import app_shape, outside_slot
from catalogue.load import load, load_releases
from catalogue.models.catalogue import Catalogue
from catalogue.models.quantity import Compute, Resources
from catalogue.models.release import Image, Releases
from catalogue.models.shape import AppShape, Environment
from catalogue.rooms import staging_namespace

NAMES = ["nextstep", "nextgen", "kreach", "kvibe"]
DEV = Resources(requests=Compute(memory="128Mi", cpu="100m"), limits=Compute(memory="256Mi", cpu="200m"))
QUARTER = Resources(requests=Compute(memory="256Mi", cpu="200m"), limits=Compute(memory="512Mi", cpu="400m"))
TOTAL = Resources(requests=Compute(memory="1Gi", cpu="800m"), limits=Compute(memory="2Gi", cpu="1600m"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def shape(catalogue: Catalogue, name: str, environment: Environment) -> AppShape:
    app = next((one for one in catalogue.apps if one.name == name), catalogue.nexia)
    releases = load_releases("nexia-dev" if name == "nexia" else "dev")
    project = "nexia" if name == "nexia" else "blueocean"
    return app_shape(catalogue.platform, app, environment, releases, f"{project}.{environment}")


# dev


@pytest.mark.parametrize("name", [*NAMES, "nexia"])
def test_dev_is_one_pod_a_component_of_the_dev_size(catalogue: Catalogue, name: str) -> None:
    for workload in shape(catalogue, name, "dev").workloads:
        assert (workload.replicas, workload.autoscaling) == (1, None)
        assert workload.resources == DEV
        assert workload.name == f"{workload.image_name}-dev"
        assert workload.surge


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        ("nextstep", {"dashboard": 7001, "api": 7020}),
        ("nextgen", {"landing": 7000, "dashboard": 7003, "admin": 7002, "api": 7004}),
        ("kreach", {"web": 5003, "api": 8001}),
        ("kvibe", {"frontend": 7005, "backend": 7006}),
        ("nexia", {"supervisor": 7010, "api": 7011, "directus": 7012, "claude-code": 7013, "voice": 7014}),
    ],
)
def test_dev_ports(catalogue: Catalogue, name: str, ports: dict[str, int]) -> None:
    assert {one.component: one.dev_port for one in shape(catalogue, name, "dev").workloads} == ports


@pytest.mark.parametrize(
    ("name", "namespace", "pods", "quota"),
    [
        ("nextstep", "blueocean-nextstep-dev", 4, ("512Mi", "400m", "1Gi", "800m")),
        ("nextgen", "blueocean-nextgen-dev", 8, ("1Gi", "800m", "2Gi", "1600m")),
        ("kreach", "blueocean-kreach-dev", 4, ("512Mi", "400m", "1Gi", "800m")),
        ("kvibe", "blueocean-kvibe-dev", 4, ("512Mi", "400m", "1Gi", "800m")),
        ("nexia", "nexia-supervisor-dev", 10, ("1280Mi", "1000m", "2560Mi", "2000m")),
    ],
)
def test_dev_namespaces_have_room_for_every_pod_twice(
    catalogue: Catalogue, name: str, namespace: str, pods: int, quota: tuple[str, str, str, str]
) -> None:
    (one,) = shape(catalogue, name, "dev").namespaces
    assert (one.name, one.pods, one.pod_security) == (namespace, pods, "restricted")
    assert one.quota == Resources(
        requests=Compute(memory=quota[0], cpu=quota[1]), limits=Compute(memory=quota[2], cpu=quota[3])
    )
    assert one.container == DEV


def test_images_are_named_by_tag_and_digest(catalogue: Catalogue) -> None:
    (dashboard, _api) = shape(catalogue, "nextstep", "dev").workloads
    assert dashboard.image == (
        "registry.digitalocean.com/blueocean/nextstep-dashboard:0.1.0"
        "@sha256:824a4be25b86498f600a83ed26eef9c9c5ade29d964c798884229ca8b77795d8"
    )
    assert dashboard.version == "0.1.0"


def test_scratch_instead_of_volumes_before_production(catalogue: Catalogue) -> None:
    expected: dict[Environment, bool] = {"dev": True, "staging": True, "prod": False}
    for environment, scratch in expected.items():
        (_web, api) = shape(catalogue, "kreach", environment).workloads
        assert [(one.name, one.scratch) for one in api.volumes] == [
            ("models", scratch),
            ("pipeline", scratch),
        ]


@pytest.mark.parametrize(("said", "expected"), [("", None), ("nfs", "nfs")])
def test_shared_volumes_are_of_the_clusters_class_for_them(
    catalogue: Catalogue, said: str, expected: str | None
) -> None:
    platform = catalogue.platform.model_copy(update={"shared_storage_class": said})
    for name, app in {app.name: app for app in catalogue.apps}.items():
        made = app_shape(platform, app, "prod", load_releases("prod"), "blueocean.prod")
        classes = [volume.storage_class for one in made.workloads for volume in one.volumes]
        assert classes == ([expected] * 2 if name == "kreach" else [])


# names in every environment


@pytest.mark.parametrize(
    ("name", "environment", "host", "tls"),
    [
        ("nextstep", "dev", "nextstep.dev.localhost", False),
        ("nextgen", "staging", "nextgen.staging-shared.local", True),
        ("nextstep", "prod", "nextstep", True),
        ("nextgen", "prod", "nextgen", True),
        ("kreach", "prod", "kreach", True),
        ("kvibe", "prod", "kvibe", True),
        ("nexia", "prod", "nexia", True),
    ],
)
def test_hosts(catalogue: Catalogue, name: str, environment: Environment, host: str, tls: bool) -> None:  # noqa: FBT001  a row of the table
    route = shape(catalogue, name, environment).route
    assert route is not None
    assert (route.host, route.tls) == (host, tls)
    assert route.entry == ("staging-shared.blueocean" if environment == "staging" else None)


def test_the_domain_suffix_is_production_s(catalogue: Catalogue) -> None:
    platform = catalogue.platform.model_copy(update={"domain_suffix": "example.com"})
    suffixed = catalogue.model_copy(update={"platform": platform})
    hosts: dict[Environment, str] = {
        "dev": "kreach.dev.localhost",
        "staging": "kreach.staging-shared.local",
        "prod": "kreach.example.com",
    }
    for environment, host in hosts.items():
        route = shape(suffixed, "kreach", environment).route
        assert route is not None
        assert route.host == host


class Database(NamedTuple):
    """What an environment calls a stem's things."""

    database: str
    role: str
    namespace: str
    shared: bool


DATABASES: dict[Environment, Database] = {
    "dev": Database("{}_dev", "{}_dev", "blueocean-{}-dev", shared=False),
    "staging": Database("blueocean_staging_shared", "{}_staging", "blueocean-staging-shared", shared=True),
    "prod": Database("{}_production", "{}_production", "blueocean-{}-prod", shared=False),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("environment", DATABASES)
def test_databases(catalogue: Catalogue, name: str, environment: Environment) -> None:
    (tenant,) = shape(catalogue, name, environment).postgres
    expected = DATABASES[environment]
    assert (tenant.database, tenant.shared) == (expected.database.format(name), expected.shared)
    role = expected.role.format(name)
    assert (tenant.role, tenant.owner, tenant.schema_name) == (role, f"{role}_owner", name)
    assert (tenant.name, tenant.secret) == (f"{name}-{environment}-postgres", f"{name}-postgres")
    assert tenant.namespaces == (expected.namespace.format(name),)
    assert (tenant.service.host, tenant.service.port) == ("postgres-central.platform.svc.cluster.local", 5432)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_key_prefixes(catalogue: Catalogue, name: str, environment: Environment) -> None:
    tenant = shape(catalogue, name, environment).redis
    assert tenant is not None
    assert (tenant.user, tenant.prefix) == (f"{name}-{environment}", f"{name}:{environment}:")
    assert (tenant.name, tenant.secret) == (f"{name}-{environment}-redis", f"{name}-redis")
    assert not tenant.scripting


@pytest.mark.parametrize("name", [*NAMES, "nexia"])
def test_every_workload_gets_the_secrets_of_its_tenants_in_its_namespace(
    catalogue: Catalogue, name: str
) -> None:
    environments: tuple[Environment, ...] = ("dev", "prod")
    for environment in environments:
        whole = shape(catalogue, name, environment)
        rooms = {one.secret: one.namespaces for one in whole.postgres}
        assert whole.redis is not None
        for workload in whole.workloads:
            assert workload.postgres is not None
            assert workload.namespace in rooms[workload.postgres]
            assert workload.redis == whole.redis.secret
            assert workload.namespace in whole.redis.namespaces


def test_a_component_that_needs_nothing_gets_nothing(catalogue: Catalogue) -> None:
    kvibe = next(app for app in catalogue.apps if app.name == "kvibe")
    idle = {name: one.model_copy(update={"uses": ()}) for name, one in kvibe.components.items()}
    bare = kvibe.model_copy(update={"components": idle})
    whole = app_shape(catalogue.platform, bare, "dev", load_releases("dev"), "blueocean.dev")
    assert [(one.postgres, one.redis) for one in whole.workloads] == [(None, None), (None, None)]
    assert whole.redis is None
    assert whole.postgres[0].namespaces == ()


# staging


@pytest.mark.parametrize(
    ("name", "pods"),
    [
        ("nextstep", {"dashboard": 2, "api": 2}),
        ("nextgen", {"landing": 1, "dashboard": 1, "admin": 1, "api": 1}),
        ("kreach", {"web": 2, "api": 2}),
        ("kvibe", {"frontend": 2, "backend": 2}),
    ],
)
def test_the_slots_owner_fills_staging_with_quarters(
    catalogue: Catalogue, name: str, pods: dict[str, int]
) -> None:
    owner = shape(catalogue, name, "staging")
    assert {one.component: one.replicas for one in owner.workloads} == pods
    for workload in owner.workloads:
        assert workload.resources == QUARTER
        assert workload.namespace == "blueocean-staging-shared"
        assert not workload.surge
        assert workload.autoscaling is None
    assert owner.namespaces == ()


def test_what_is_left_of_the_four_goes_to_the_first_components(catalogue: Catalogue) -> None:
    nextgen = next(app for app in catalogue.apps if app.name == "nextgen")
    expected = {1: [4], 2: [2, 2], 3: [2, 1, 1], 4: [1, 1, 1, 1]}
    for count, pods in expected.items():
        some = dict(list(nextgen.components.items())[:count])
        part = nextgen.model_copy(update={"components": some})
        whole = app_shape(catalogue.platform, part, "staging", load_releases("dev"), "blueocean.staging")
        assert [one.replicas for one in whole.workloads] == pods


def test_outside_its_slot_an_app_has_neither_pods_nor_route(catalogue: Catalogue) -> None:
    owner = shape(catalogue, "nextgen", "staging")
    idle = outside_slot(owner)
    assert [one.replicas for one in idle.workloads] == [0, 0, 0, 0]
    assert idle.route is None
    assert [one.active for one in idle.postgres] == [False]
    assert [one.active for one in owner.postgres] == [True]
    assert idle.redis is not None
    assert not idle.redis.active
    with pytest.raises(ValueError, match="only staging has slots"):
        outside_slot(shape(catalogue, "nextgen", "dev"))


def test_the_shared_namespace_holds_the_total_and_four_pods(catalogue: Catalogue) -> None:
    room = staging_namespace(catalogue.platform)
    assert (room.name, room.pods) == ("blueocean-staging-shared", 4)
    assert room.quota == TOTAL
    assert room.container == QUARTER


def test_nexia_has_no_share_of_staging(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="nexia does not run in staging: its tier is independent"):
        shape(catalogue, "nexia", "staging")


# production


@pytest.mark.parametrize(
    ("name", "scaling", "requests", "limits"),
    [
        ("nextstep", (3, 10, 70, "normal"), ("512Mi", "500m"), ("1Gi", "1000m")),
        ("nextgen", (5, 15, 60, "conservative"), ("1Gi", "750m"), ("2Gi", "1500m")),
        ("kreach", (3, 8, 70, "normal"), ("750Mi", "600m"), ("1.5Gi", "1200m")),
        ("kvibe", (2, 10, 75, "normal"), ("512Mi", "400m"), ("1Gi", "800m")),
    ],
)
def test_production(
    catalogue: Catalogue,
    name: str,
    scaling: tuple[int, int, int, str],
    requests: tuple[str, str],
    limits: tuple[str, str],
) -> None:
    for workload in shape(catalogue, name, "prod").workloads:
        bounds = workload.autoscaling
        assert bounds is not None
        assert (bounds.min, bounds.max, bounds.cpu, bounds.pace) == scaling
        assert workload.replicas is None
        assert workload.resources == Resources(
            requests=Compute(memory=requests[0], cpu=requests[1]),
            limits=Compute(memory=limits[0], cpu=limits[1]),
        )
        assert workload.namespace == f"blueocean-{name}-prod"
        assert workload.name == f"{workload.image_name}-prod"
        assert workload.dev_port is None


def test_production_quota_covers_the_largest_rolling_update(catalogue: Catalogue) -> None:
    (room,) = shape(catalogue, "nextgen", "prod").namespaces
    assert room.pods == 4 * (15 + 4)  # four components, fifteen pods each and a quarter more
    assert room.quota == Resources(
        requests=Compute(memory="76Gi", cpu="57000m"), limits=Compute(memory="152Gi", cpu="114000m")
    )


def test_a_container_may_be_as_large_as_the_largest_component(catalogue: Catalogue) -> None:
    (supervisor, agent) = shape(catalogue, "nexia", "prod").namespaces
    assert supervisor.container == Resources(
        requests=Compute(memory="512Mi", cpu="500m"), limits=Compute(memory="1Gi", cpu="1000m")
    )
    assert agent.container == Resources(
        requests=Compute(memory="1Gi", cpu="750m"), limits=Compute(memory="2Gi", cpu="1500m")
    )


@pytest.mark.parametrize(
    ("name", "environment", "connections"),
    [
        ("nextstep", "dev", [20]),  # 5 for each of 2 components' pods and their successors
        ("nextgen", "staging", [20]),  # 5 for each of 4 pods
        ("nextgen", "prod", [381]),  # 5 for each of 4 components' 15 and 4 pods, one for the backup
        ("nexia", "prod", [85, 20]),  # 5 for 5 + 5 + 4 + 3 pods; for Directus' 4
    ],
)
def test_connections(
    catalogue: Catalogue, name: str, environment: Environment, connections: list[int]
) -> None:
    assert [one.connections for one in shape(catalogue, name, environment).postgres] == connections


def test_nexia_in_production_has_two_namespaces_and_a_route_in_each(catalogue: Catalogue) -> None:
    whole = shape(catalogue, "nexia", "prod")
    assert [room.name for room in whole.namespaces] == ["nexia-supervisor-prod", "nexia-claude-code-prod"]
    assert {one.component: one.namespace for one in whole.workloads} == {
        "supervisor": "nexia-supervisor-prod",
        "api": "nexia-supervisor-prod",
        "directus": "nexia-supervisor-prod",
        "claude-code": "nexia-claude-code-prod",
        "voice": "nexia-supervisor-prod",
    }
    assert whole.route is not None
    (agent,) = whole.side_routes
    assert whole.route.paths == (
        ("/", "nexia-supervisor-prod"),
        ("/api", "nexia-api-prod"),
        ("/admin", "nexia-directus-prod"),
    )
    assert agent.paths == (("/claude", "nexia-claude-code-prod"),)
    assert (agent.host, agent.namespace) == ("nexia", "nexia-claude-code-prod")
    assert [one.component for one in whole.workloads if one.always_on] == ["claude-code"]


@pytest.mark.parametrize(
    ("environment", "databases"),
    [
        ("dev", ["nexia_supervisor_dev", "nexia_directus_dev"]),
        ("prod", ["nexia_supervisor_production", "nexia_directus_production"]),
    ],
)
def test_nexia_has_two_databases_and_one_prefix(
    catalogue: Catalogue, environment: Environment, databases: list[str]
) -> None:
    whole = shape(catalogue, "nexia", environment)
    assert [one.database for one in whole.postgres] == databases
    assert [one.schema_name for one in whole.postgres] == ["nexia_supervisor", "nexia_directus"]
    assert whole.redis is not None
    assert whole.redis.prefix == f"nexia-supervisor:{environment}:"
    assert {one.component: one.postgres for one in whole.workloads} == {
        "supervisor": "nexia-supervisor-postgres",
        "api": "nexia-supervisor-postgres",
        "directus": "nexia-directus-postgres",
        "claude-code": "nexia-supervisor-postgres",
        "voice": "nexia-supervisor-postgres",
    }


def test_the_same_catalogue_gives_the_same_shape(catalogue: Catalogue) -> None:
    assert shape(catalogue, "nextgen", "prod") == shape(load(), "nextgen", "prod")


def test_a_release_changes_nothing_but_the_image(catalogue: Catalogue) -> None:
    before = load_releases("dev")
    newer = Image(tag="0.2.0", digest="sha256:" + 64 * "a")
    after = Releases(file="f", images={**before.images, "kvibe-backend": newer})
    kvibe = next(app for app in catalogue.apps if app.name == "kvibe")
    one, other = (
        app_shape(catalogue.platform, kvibe, "dev", releases, "blueocean.dev") for releases in (before, after)
    )
    assert one.workloads[0] == other.workloads[0]
    assert other.workloads[1].version == "0.2.0"
    assert other.workloads[1].image.endswith("kvibe-backend:0.2.0@sha256:" + 64 * "a")
    assert one.model_copy(update={"workloads": ()}) == other.model_copy(update={"workloads": ()})
