"""How an application's parts wait for each other, and what its tenants' Jobs apply."""

import base64

import pytest

from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components.application import Application
from components.route import Route
from tests.components.component_recording import Registered, around, only, record
from tests.components.component_shapes import OWNER, ROUTE


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    apps = stack_content(CHECKOUT, "blueocean", "dev").apps
    kvibe = next(app for app in apps if app.name == "kvibe")
    return record(lambda: Application(kvibe, around()))


def named(found: list[Registered], kind: str, name: str) -> Registered:
    (one,) = [one for one in found if one.type.endswith(f":{kind}") and one.name == name]
    return one


def test_pods_wait_for_credentials_and_guard_rails(found: list[Registered]) -> None:
    for name in ("kvibe-frontend-dev", "kvibe-backend-dev"):
        after = named(found, "Deployment", name).after
        assert {
            "kvibe-dev-postgres",
            "kvibe-dev-redis",
            "blueocean-kvibe-dev-kvibe-postgres",
            "blueocean-kvibe-dev-kvibe-redis",
            "blueocean-kvibe-dev-quota",
            "blueocean-kvibe-dev-limits",
            "blueocean-kvibe-dev-default-deny",
        } <= after


def test_components_are_nested_as_the_design_says(found: list[Registered]) -> None:
    parents = {(one.type, one.name): one.parent for one in found if one.type.startswith("blueocean:")}
    assert parents == {
        ("blueocean:components:Application", "kvibe"): "blueocean-dev",
        ("blueocean:components:Namespace", "blueocean-kvibe-dev"): "kvibe",
        ("blueocean:components:PostgresTenant", "kvibe-dev-postgres"): "kvibe",
        ("blueocean:components:RedisTenant", "kvibe-dev-redis"): "kvibe",
        ("blueocean:components:Workload", "kvibe-frontend-dev"): "kvibe",
        ("blueocean:components:Workload", "kvibe-backend-dev"): "kvibe",
        ("blueocean:components:Route", "blueocean-kvibe-dev-kvibe-dev"): "kvibe",
    }


def test_passwords_are_long_and_of_letters_and_digits(found: list[Registered]) -> None:
    passwords = [one for one in found if one.type.endswith(":RandomPassword")]
    assert [one.inputs for one in passwords] == [{"length": 32, "special": False}] * 2


def test_the_server_side_never_sees_the_password(found: list[Registered]) -> None:
    clear = (b"planted", base64.b64encode(b"planted"))
    own = [
        one
        for one in found
        if one.type.startswith("kubernetes:") and "platform" in str(one.inputs["metadata"])
    ]
    assert len(own) == 5
    for one in own:
        assert not [text for text in clear if text.decode() in str(one.inputs)], one.name


@pytest.mark.parametrize("kind", ["postgres", "redis"])
def test_a_tenants_job(found: list[Registered], kind: str) -> None:
    job = named(found, "Job", f"kvibe-dev-{kind}")
    # One that failed while the server was down is made anew by the next `up`.
    assert job.inputs["metadata"]["annotations"] == {"pulumi.com/replaceUnready": "true"}
    assert job.inputs["metadata"]["namespace"] == "platform"
    assert job.inputs["metadata"]["labels"]["blueocean.io/tenant"] == kind
    spec = job.inputs["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (2, 300)
    assert "ttlSecondsAfterFinished" not in spec
    checksum = spec["template"]["metadata"]["annotations"]["blueocean.io/checksum"]
    assert len(checksum) == 16
    (container,) = spec["template"]["spec"]["containers"]
    admin = {"postgres": "postgres-central-admin", "redis": "platform-pool-redis-admin"}[kind]
    secrets = [one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one]
    assert secrets.count(admin) == 2


def test_the_sql_job_runs_the_script(found: list[Registered]) -> None:
    (container,) = named(found, "Job", "kvibe-dev-postgres").inputs["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", "/tenant/tenant.sql"]
    assert container["image"] == "psql@sha256:1"


def test_a_route_goes_to_its_services_by_path() -> None:
    found = record(lambda: Route(ROUTE, OWNER, ()))
    spec = only(found, "Ingress").inputs["spec"]
    assert spec["ingressClassName"] == "blueocean"
    assert spec["tls"] == [{"hosts": ["shop.example"], "secretName": "shop-prod-tls"}]
    (rule,) = spec["rules"]
    assert rule["host"] == "shop.example"
    assert [(one["path"], one["pathType"], one["backend"]["service"]) for one in rule["http"]["paths"]] == [
        ("/", "Prefix", {"name": "shop-web-prod", "port": {"name": "http"}}),
        ("/api", "Prefix", {"name": "shop-api-prod", "port": {"name": "http"}}),
    ]


def test_the_entry_leads_where_the_host_does_with_a_certificate_of_its_own() -> None:
    shared = ROUTE.model_copy(update={"entry": "staging.example"})
    spec = only(record(lambda: Route(shared, OWNER, ())), "Ingress").inputs["spec"]
    assert spec["tls"] == [
        {"hosts": ["shop.example"], "secretName": "shop-prod-tls"},
        {"hosts": ["staging.example"], "secretName": "staging.example-tls"},
    ]
    own, entry = spec["rules"]
    assert (own["host"], entry["host"]) == ("shop.example", "staging.example")
    assert own["http"] == entry["http"]


def test_without_tls_in_dev() -> None:
    plain = ROUTE.model_copy(update={"tls": False})
    assert "tls" not in only(record(lambda: Route(plain, OWNER, ())), "Ingress").inputs["spec"]
