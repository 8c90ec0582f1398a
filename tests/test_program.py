"""The whole program for each stack: what it makes, with which figures, and what an edit moves."""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import ValidationError

from catalogue.load import CHECKOUT
from delivery.rendering.exits import RenderError
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in
from tests import rendered as checkout
from tests.kubernetes_schema import check

Manifest = dict[str, Any]
STACKS = {"dev": "", "nexia-dev": "nexia"}
APPS = {
    "nextstep": {"nextstep-dashboard": 7001, "nextstep-api": 7020},
    "nextgen": {
        "nextgen-landing": 7000,
        "nextgen-dashboard": 7003,
        "nextgen-admin": 7002,
        "nextgen-api": 7004,
    },
    "kreach": {"kreach-web": 5003, "kreach-api": 8001},
    "kvibe": {"kvibe-frontend": 7005, "kvibe-backend": 7006},
}
NEXIA = {
    "nexia-supervisor": 7010,
    "nexia-api": 7011,
    "nexia-directus": 7012,
    "nexia-claude-code": 7013,
    "nexia-voice": 7014,
}


def rendered(root: Path, stack: str) -> list[Manifest]:
    return render(stack_in(root / STACKS[stack], "dev"))


@pytest.fixture(scope="module")
def dev() -> list[Manifest]:
    return checkout.rendered("dev")


@pytest.fixture(scope="module")
def nexia() -> list[Manifest]:
    return checkout.rendered("nexia-dev")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of one's own to edit: the programs and what they read."""
    for name in ("catalogue", "releases", "nexia"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py[co]"))
    for name in ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    shutil.copy(CHECKOUT / "nexia" / "__main__.py", tmp_path / "nexia" / "__main__.py")
    return tmp_path


def of_kind(objects: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pods(objects: list[Manifest]) -> dict[str, Manifest]:
    """The pod templates by the name of what starts them."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]
        for one in objects
        if one["kind"] in ("Deployment", "Job")
    }


def key(one: Manifest) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def test_inventory_of_dev(dev: list[Manifest]) -> None:
    assert Counter(one["kind"] for one in dev) == {
        "Namespace": 4,
        "ResourceQuota": 4,
        "LimitRange": 4,
        "NetworkPolicy": 28,
        "ServiceAccount": 10,
        "ConfigMap": 14,
        "Deployment": 10,
        "Service": 10,
        "Ingress": 4,
        "Secret": 16,
        "Job": 8,
    }


def test_inventory_of_nexia(nexia: list[Manifest]) -> None:
    assert Counter(one["kind"] for one in nexia) == {
        "Namespace": 1,
        "ResourceQuota": 1,
        "LimitRange": 1,
        "NetworkPolicy": 7,
        "ServiceAccount": 5,
        "ConfigMap": 7,
        "Deployment": 5,
        "Service": 5,
        "Ingress": 1,
        "Secret": 6,
        "Job": 3,
    }


def test_every_component_is_one_pod_of_the_dev_size(dev: list[Manifest], nexia: list[Manifest]) -> None:
    expected = {f"{image}-dev" for images in APPS.values() for image in images} | {
        f"{one}-dev" for one in NEXIA
    }
    deployments = of_kind(dev + nexia, "Deployment")
    assert set(deployments) == expected
    for name, one in deployments.items():
        (container,) = one["spec"]["template"]["spec"]["containers"]
        assert one["spec"]["replicas"] == 1, name
        assert container["resources"] == {
            "requests": {"memory": "128Mi", "cpu": "100m"},
            "limits": {"memory": "256Mi", "cpu": "200m"},
        }, name


def test_dev_ports_are_the_platforms(dev: list[Manifest], nexia: list[Manifest]) -> None:
    expected = {f"{image}-dev": port for images in (*APPS.values(), NEXIA) for image, port in images.items()}
    found = {
        name: int(one["metadata"]["annotations"]["blueocean.io/dev-port"])
        for name, one in of_kind(dev + nexia, "Service").items()
    }
    assert found == expected


def test_every_app_lives_in_its_own_namespace(dev: list[Manifest], nexia: list[Manifest]) -> None:
    expected = {f"{image}-dev": f"blueocean-{app}-dev" for app, images in APPS.items() for image in images}
    expected |= {f"{image}-dev": "nexia-supervisor-dev" for image in NEXIA}
    found = {name: one["metadata"]["namespace"] for name, one in of_kind(dev + nexia, "Deployment").items()}
    assert found == expected


def test_credentials_are_the_own_tenants(dev: list[Manifest], nexia: list[Manifest]) -> None:
    tenants = {app: (f"{app}-postgres", f"{app}-redis") for app in APPS}
    for one in of_kind(dev, "Deployment").values():
        assert secrets_of(one) == set(tenants[one["metadata"]["labels"]["app.kubernetes.io/part-of"]])
    found = {name: secrets_of(one) for name, one in of_kind(nexia, "Deployment").items()}
    assert found["nexia-directus-dev"] == {"nexia-directus-postgres", "nexia-supervisor-redis"}
    assert found["nexia-supervisor-dev"] == {"nexia-supervisor-postgres", "nexia-supervisor-redis"}


def secrets_of(deployment: Manifest) -> set[str]:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"]}


def test_tenant_jobs_have_the_agreed_names(dev: list[Manifest], nexia: list[Manifest]) -> None:
    expected = {f"{app}-dev-{kind}" for app in APPS for kind in ("postgres", "redis")}
    expected |= {"nexia-supervisor-dev-postgres", "nexia-directus-dev-postgres", "nexia-supervisor-dev-redis"}
    jobs = of_kind(dev + nexia, "Job")
    assert set(jobs) == expected
    assert {one["metadata"]["namespace"] for one in jobs.values()} == {"platform"}
    assert all(one["spec"].get("ttlSecondsAfterFinished") is None for one in jobs.values())


def test_every_object_says_whose_it_is(dev: list[Manifest], nexia: list[Manifest]) -> None:
    for objects, stack in ((dev, "blueocean.dev"), (nexia, "nexia.dev")):
        for one in objects:
            labels = one["metadata"]["labels"]
            assert labels["app.kubernetes.io/managed-by"] == "pulumi", key(one)
            assert labels["blueocean.io/stack"] == stack, key(one)
            assert labels["blueocean.io/environment"] == "dev", key(one)
            assert labels["app.kubernetes.io/part-of"] in {*APPS, "nexia"}, key(one)


def test_the_projects_share_no_object(dev: list[Manifest], nexia: list[Manifest]) -> None:
    assert not {key(one) for one in dev} & {key(one) for one in nexia}


def test_no_two_objects_are_one(dev: list[Manifest], nexia: list[Manifest]) -> None:
    assert max(Counter(key(one) for one in dev + nexia).values()) == 1


def test_images_are_named_by_digest(dev: list[Manifest], nexia: list[Manifest]) -> None:
    for name, template in pods(dev + nexia).items():
        for container in template["spec"]["containers"]:
            assert re.fullmatch(r"[a-z0-9./-]+:[0-9.]+@sha256:[0-9a-f]{64}", container["image"]), name


def test_restricted_pod_security_everywhere(dev: list[Manifest], nexia: list[Manifest]) -> None:
    for name, template in pods(dev + nexia).items():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"} & set(
            spec
        ), name
        assert {next(iter(set(one) - {"name"})) for one in spec.get("volumes", [])} <= {
            "emptyDir",
            "projected",
            "persistentVolumeClaim",
        }, name
        for container in spec["containers"]:
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False, name
            assert security["capabilities"] == {"drop": ["ALL"]}, name
            assert security["privileged"] is False, name
            assert security["readOnlyRootFilesystem"] is True, name
            assert all("hostPort" not in port for port in container.get("ports", [])), name


def test_namespaces_are_closed(dev: list[Manifest], nexia: list[Manifest]) -> None:
    for one in of_kind(dev + nexia, "Namespace").values():
        labels = one["metadata"]["labels"]
        for mode in ("enforce", "audit", "warn"):
            assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
            assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.36"
    denying = [one for one in dev + nexia if one["metadata"]["name"] == "default-deny"]
    assert len(denying) == 5
    for one in denying:
        assert one["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_manifests_are_valid_for_kubernetes(dev: list[Manifest], nexia: list[Manifest]) -> None:
    for one in dev + nexia:
        check(one)


def test_no_manifest_is_valid_by_accident(dev: list[Manifest]) -> None:
    broken = next(iter(of_kind(dev, "Deployment").values())) | {"specs": {}}
    with pytest.raises(ValidationError):
        check(broken)


def test_editing_an_app_moves_that_apps_objects_only(copy: Path, dev: list[Manifest]) -> None:
    file = copy / "catalogue" / "apps" / "kvibe.yaml"
    app = yaml.safe_load(file.read_text(encoding="utf-8"))
    app["components"]["backend"]["settings"] = {"CAMPAIGN": "spring"}
    file.write_text(yaml.safe_dump(app, sort_keys=False), encoding="utf-8")
    before, after = ({key(one): one for one in objects} for objects in (dev, rendered(copy, "dev")))
    moved = {name for name in before | after if before.get(name) != after.get(name)}
    assert moved == {
        ("ConfigMap", "blueocean-kvibe-dev", "kvibe-backend-dev"),
        ("Deployment", "blueocean-kvibe-dev", "kvibe-backend-dev"),
    }


def test_a_fifth_app_is_one_file_and_its_release(copy: Path, dev: list[Manifest]) -> None:
    text = (copy / "catalogue" / "apps" / "kvibe.yaml").read_text(encoding="utf-8")
    text = text.replace("kvibe", "fifth").replace("7005", "7105").replace("7006", "7106")
    text = text.replace("tier: critical", "tier: standard")
    text = re.sub(r"^(slot|phrase|approvers):.*\n", "", text, flags=re.MULTILINE)
    (copy / "catalogue" / "apps" / "fifth.yaml").write_text(text, encoding="utf-8")
    releases = copy / "releases" / "dev.yaml"
    entry = "  {name}:\n    tag: 0.1.0\n    digest: sha256:" + "0" * 64 + "\n"
    more = "".join(entry.format(name=name) for name in ("fifth-frontend", "fifth-backend"))
    releases.write_text(releases.read_text(encoding="utf-8") + more, encoding="utf-8")
    objects = rendered(copy, "dev")
    assert {key(one) for one in dev} < {key(one) for one in objects}
    new = [one for one in objects if key(one) not in {key(one) for one in dev}]
    assert {one["metadata"]["labels"]["app.kubernetes.io/part-of"] for one in new} == {"fifth"}
    assert len(of_kind(new, "Deployment")) == 2


def test_a_broken_app_file_is_one_clear_sentence(copy: Path) -> None:
    file = copy / "catalogue" / "apps" / "kvibe.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("tier: critical", "teir: critical"), encoding="utf-8"
    )
    with pytest.raises(RenderError, match=r"Nothing was touched:\n.*\n.*yaml:4: teir is an unknown key"):
        rendered(copy, "dev")


def test_a_stack_that_no_environment_is_called_like_is_refused(copy: Path) -> None:
    shutil.copy(copy / "Pulumi.dev.yaml", copy / "Pulumi.test.yaml")
    with pytest.raises(RenderError, match="no environment is called 'test'; name the stack after one of dev"):
        render(stack_in(copy, "test"))
