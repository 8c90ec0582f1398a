"""What somebody might try to bring into production past the gates, without a passport for it."""

from dataclasses import replace

import pytest

from policies.limits import load_limits
from policies.objects import Object
from policies.production import releases
from tests.policies.policy_objects import REMOVE, VERSION, Manifest, in_stack, manifest, spoiled, world
from tests.policies.test_policies_promotion import RULE, right, said, stack

DIGEST = "sha256:" + "9" * 64
OURS = "registry.digitalocean.com/blueocean"


def workload(
    kind: str, image: str, namespace: str = "blueocean-nextgen-prod", app: str = "nextgen"
) -> Manifest:
    """Something of a kind that carries pods, as well-behaved as the accepted one."""
    pod = world("prod")["deployment"]["spec"]["template"]
    pod = spoiled(pod, "spec/containers/0/image", image)
    spec = {"jobTemplate": {"spec": {"template": pod}}} if kind == "CronJob" else {"template": pod}
    made = manifest(kind, "extra", "prod", spec=spec)
    made = spoiled(made, "metadata/namespace", namespace)
    made["metadata"]["labels"] |= {
        "app.kubernetes.io/version": VERSION,
        "app.kubernetes.io/part-of": app,
    }
    return made


def with_more(*more: Manifest, env: str = "prod") -> list[Object]:
    return [*stack(), *in_stack(env, list(more))]


def of_the_rule(found: list[str]) -> list[str]:
    return [one.removeprefix(f"{RULE} ") for one in found if one.startswith(f"{RULE} ")]


@pytest.mark.parametrize("value", ["dev", "staging", "test", REMOVE])
def test_a_label_of_another_environment_hides_nothing(value: object) -> None:
    items = [labelled(one, "blueocean.io/environment", value) for one in stack()]
    assert "no-passport" in of_the_rule(said(None, items))
    assert "manifests-differ" in of_the_rule(said(right(), items))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet"])
def test_a_workload_more_is_another_release(kind: str) -> None:
    own = with_more(workload(kind, stack_image()))
    assert of_the_rule(said(right(), own)) == ["manifests-differ"]
    other = with_more(workload(kind, f"{OURS}/nextgen-worker:1@{DIGEST}"))
    assert set(of_the_rule(said(right(), other))) == {"image-missing", "manifests-differ"}
    again = with_more(workload(kind, f"{OURS}/nextgen-api:1@{DIGEST}"))
    assert of_the_rule(said(right(), again)) == ["two-images"]


def stack_image() -> str:
    return str(world("prod")["deployment"]["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job"])
def test_an_app_without_a_deployment_is_asked_for_its_passport_all_the_same(kind: str) -> None:
    items = [one for one in with_more(workload(kind, stack_image())) if one.kind != "Deployment"]
    assert of_the_rule(said(None, items)) == ["no-passport"]


@pytest.mark.parametrize("role", ["initContainers", "ephemeralContainers"])
def test_every_kind_of_container_counts(role: str) -> None:
    deployment = workload("Deployment", stack_image())
    more = [{"name": "more", "image": f"{OURS}/nextgen-tools:1@{DIGEST}"}]
    deployment["spec"]["template"]["spec"][role] = more
    found = of_the_rule(said(right(), with_more(deployment)))
    assert set(found) == {"image-missing", "manifests-differ"}


def test_a_volume_that_is_an_image_counts() -> None:
    deployment = workload("Deployment", stack_image())
    volume = {"name": "more", "image": {"reference": f"{OURS}/nextgen-tools:1@{DIGEST}"}}
    deployment["spec"]["template"]["spec"]["volumes"] = [volume]
    found = of_the_rule(said(right(), with_more(deployment)))
    assert set(found) == {"image-missing", "manifests-differ"}


def test_an_app_of_which_nothing_runs_has_no_question() -> None:
    items = [one for one in stack() if one.kind != "Deployment"]
    assert of_the_rule(said(right(), items)) == ["nothing-runs"]


@pytest.mark.parametrize(
    "label",
    ["../../../tmp/evil", "../kvibe/1.4.0", "/etc/passwd", "1.4.0.json", "1.4.0/", "1.4.0 ", "%2e%2e", "*"],
)
def test_a_version_names_no_file(label: str) -> None:
    assert of_the_rule(said(right(), versioned(label))) == ["no-passport"]


def versioned(label: object) -> list[Object]:
    version = "app.kubernetes.io/version"
    return [labelled(one, version, label) if one.kind == "Deployment" else one for one in stack()]


def labelled(item: Object, name: str, value: object) -> Object:
    """The object with another label, or without it."""
    labels = {key: one for key, one in item.labels.items() if key != name}
    if value is not REMOVE:
        labels[name] = value
    return replace(item, manifest={**item.manifest, "metadata": {**item.metadata, "labels": labels}})


@pytest.mark.parametrize("label", [REMOVE, "", "none"])
def test_a_workload_without_a_version_has_no_passport_to_look_for(label: object) -> None:
    assert of_the_rule(said(right(), versioned(label))) == ["several-versions"]


@pytest.mark.parametrize("app", ["", "fifth", "kvibe"])
def test_an_impostor_in_an_apps_namespace_is_asked_for_a_passport_of_its_own(app: str) -> None:
    config = manifest("ConfigMap", "extra", "prod", data={})
    config["metadata"]["labels"]["app.kubernetes.io/part-of"] = app
    assert of_the_rule(said(right(), with_more(config))) == ["unknown-app"]


def test_a_secret_or_an_opening_more_is_another_release() -> None:
    for more in (
        manifest("Secret", "extra", "prod", data={}),
        manifest("NetworkPolicy", "open", "prod", spec={"podSelector": {}, "ingress": [{}]}),
    ):
        assert of_the_rule(said(right(), with_more(more))) == ["manifests-differ"]


@pytest.mark.parametrize("kind", ["Deployment", "Job", "CronJob", "StatefulSet"])
@pytest.mark.parametrize(
    "namespace", ["platform", "monitoring", "blueocean-build", "nexia-supervisor-prod", "else"]
)
def test_an_apps_image_runs_nowhere_else(kind: str, namespace: str) -> None:
    stray = workload(kind, f"{OURS}/nextgen-api:1@{DIGEST}", namespace)
    assert of_the_rule(said(right(), with_more(stray))) == ["outside-its-namespace"]


def test_an_apps_image_lies_in_no_volume_elsewhere() -> None:
    stray = workload("Job", f"docker.io/library/postgres:18@{DIGEST}", "platform", "platform")
    volume = {"name": "more", "image": {"reference": f"{OURS}/nextgen-tools:1@{DIGEST}"}}
    stray["spec"]["template"]["spec"]["volumes"] = [volume]
    assert of_the_rule(said(right(), with_more(stray))) == ["outside-its-namespace"]


def test_nexias_own_images_and_the_platforms_are_no_strays() -> None:
    nexia = workload("Deployment", f"{OURS}/nexia-api:1@{DIGEST}", "nexia-supervisor-prod", "nexia")
    other = workload("Job", f"docker.io/library/postgres:18@{DIGEST}", "platform", "platform")
    assert of_the_rule(said(right(), with_more(nexia, other))) == []


def test_another_stack_gets_no_further() -> None:
    """What the stack dev would put into production is production's, whatever dev may do in its own rooms."""
    moved = workload("Deployment", f"{OURS}/nextgen-api:1@{DIGEST}")
    assert of_the_rule(said(None, in_stack("dev", [moved]))) == ["no-passport"]
    at_home = workload("Deployment", f"{OURS}/nextgen-api:1@{DIGEST}", "blueocean-nextgen-dev")
    assert of_the_rule(said(None, in_stack("dev", [at_home]))) == []
    from_prod = in_stack("prod", [at_home])
    assert of_the_rule(said(None, from_prod)) == ["no-passport"]


def test_releases_are_grouped_by_app_and_none_is_lost() -> None:
    items = with_more(workload("Job", stack_image(), app="kvibe"))
    found = releases(items, load_limits())
    assert list(found) == ["kvibe", "nextgen"]
    assert sum(map(len, found.values())) == len(items)
