"""The life of objects under the real engine: create, update, replace, delete, refresh, import, rename."""

import pytest

from tests.plugins.harness import Project

pytestmark = pytest.mark.sandbox

WORKLOAD = """
deployment("web", {"containers": [{"name": "main", "image": IMAGE, "resources": {
    "requests": {"cpu": "0.1", "memory": "1024Mi"},
    "limits": {"cpu": "1000m", "memory": "1024Mi"}}}]}, replicas=2)
k8s.core.v1.Service("web", opts=with_provider, metadata={"name": "web", "namespace": SPACE},
    spec={"selector": {"app": "web"}, "ports": [{"port": 80, "target_port": 8080}]})
k8s.networking.v1.NetworkPolicy("web", opts=with_provider, metadata={"name": "web", "namespace": SPACE},
    spec={"pod_selector": {}, "policy_types": ["Ingress"], "ingress": [{"ports": [{"port": 8080}]}]})
k8s.core.v1.ResourceQuota("quota", opts=with_provider, metadata={"name": "quota", "namespace": SPACE},
    spec={"hard": {"limits.cpu": "8000m", "limits.memory": "16384Mi"}})
k8s.batch.v1.Job("job", opts=with_provider,
    metadata={"name": "job", "namespace": SPACE, "annotations": {"pulumi.com/skipAwait": "true"}},
    spec={"template": {"spec": {"restart_policy": "Never", "containers": [{"name": "main", "image": IMAGE,
        "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}}}]}}})
"""


def workload(image: str) -> str:
    return f"IMAGE = {image!r}\n" + WORKLOAD


def test_up_refresh_update_replace_and_destroy(project: Project) -> None:
    project.up(workload("example/app:1"))
    project.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    project.ok("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    project.ok("preview", "--expect-no-changes")
    before = {kind: project.live.uid(kind, name) for kind, name in [("deployments", "web"), ("jobs", "job")]}

    project.up(workload("example/app:2"))

    web, job = project.live.get("deployments", "web"), project.live.get("jobs", "job")
    assert web["metadata"]["uid"] == before["deployments"]
    assert web["spec"]["template"]["spec"]["containers"][0]["image"] == "example/app:2"
    assert job["metadata"]["uid"] != before["jobs"]
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "example/app:2"

    project.ok("destroy", "--yes", "--skip-preview")
    gone = [("deployments", "web"), ("services", "web"), ("resourcequotas", "quota"), ("jobs", "job")]
    assert [project.live.exists(kind, name) for kind, name in gone] == [False] * 4


def test_removing_a_field_or_a_resource_from_the_program_removes_it(project: Project) -> None:
    project.up('config_map("kept", {"a": "1", "b": "2"})\nconfig_map("dropped", {"a": "1"})')
    project.up('config_map("kept", {"a": "1"})')
    assert project.live.get("configmaps", "kept")["data"] == {"a": "1"}
    assert not project.live.exists("configmaps", "dropped")


def test_refresh_shows_an_outside_change_and_up_names_who_made_it(project: Project) -> None:
    project.up('config_map("a", {"key": "ours"})')
    project.live.patch("configmaps", "a", {"data": {"key": "theirs", "other": "x"}})

    project.ok("refresh", "--yes", "--skip-preview")
    assert project.state()["a"]["inputs"]["data"] == {"key": "theirs"}
    text = project.failed_up()
    assert "somebody" in text
    assert ".data.key" in text
    assert "pulumi.com/patchForce" in text

    project.up('config_map("a", {"key": "ours"}, annotations={"pulumi.com/patchForce": "true"})')
    assert project.live.get("configmaps", "a")["data"] == {"key": "ours", "other": "x"}


def test_refresh_notices_that_an_object_is_gone_and_up_brings_it_back(project: Project) -> None:
    project.up('config_map("a", {"key": "1"})')
    project.live.delete("configmaps", "a")
    project.ok("refresh", "--yes", "--skip-preview")
    assert "a" not in project.state()
    project.up()
    assert project.live.get("configmaps", "a")["data"] == {"key": "1"}


def test_update_of_an_object_that_is_gone_creates_it(project: Project) -> None:
    project.up('config_map("a", {"key": "1"})')
    project.live.delete("configmaps", "a")
    project.up('config_map("a", {"key": "2"})')
    assert project.live.get("configmaps", "a")["data"] == {"key": "2"}


def test_import_by_option_and_by_command(project: Project) -> None:
    for name in ("one", "two"):
        project.live.create(
            "configmaps",
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"key": "1"}},
        )
    uid = project.live.uid("configmaps", "one")
    identity = f"{project.space}/one"
    project.up(f'config_map("one", {{"key": "1"}}, opts=Options(import_="{identity}"))')
    assert project.live.uid("configmaps", "one") == uid
    assert project.state()["one"]["id"] == identity
    kept = 'config_map("one", {"key": "1"})\n'
    assert "unchanged" in project.up(kept, "--expect-no-changes")

    project.ok(
        "import",
        "kubernetes:core/v1:ConfigMap",
        "two",
        f"{project.space}/two",
        "--yes",
        "--skip-preview",
        "--generate-code=false",
        "--protect=false",
    )
    assert project.state()["two"]["inputs"]["data"] == {"key": "1"}


def test_a_rename_that_keeps_the_name_of_the_object_keeps_the_object(project: Project) -> None:
    project.up('config_map("old", {"key": "1"}, live="shared")')
    uid = project.live.uid("configmaps", "shared")
    text = project.up('config_map("new", {"key": "1"}, live="shared")')
    assert project.live.uid("configmaps", "shared") == uid
    assert {"old", "new"} & project.state().keys() == {"new"}
    assert "left alone" in text
    project.ok("destroy", "--yes", "--skip-preview")
    assert not project.live.exists("configmaps", "shared")


def test_a_rename_by_alias_keeps_the_object_and_can_delete_it(project: Project) -> None:
    project.up('config_map("old", {"key": "1"}, live="shared")')
    uid = project.live.uid("configmaps", "shared")
    project.up(
        'config_map("new", {"key": "1"}, live="shared", opts=Options(aliases=[pulumi.Alias(name="old")]))'
    )
    assert project.live.uid("configmaps", "shared") == uid
    project.ok("destroy", "--yes", "--skip-preview")
    assert not project.live.exists("configmaps", "shared")


def test_a_definition_and_its_instance_come_in_one_update(project: Project) -> None:
    group = f"{project.space}.example.com"
    project.up(f"""
group = {group!r}
schema = {{"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
definition = k8s.apiextensions.v1.CustomResourceDefinition("definition", opts=with_provider,
    metadata={{"name": f"widgets.{{group}}"}},
    spec={{"group": group, "scope": "Namespaced", "names": {{"plural": "widgets", "kind": "Widget"}},
          "versions": [{{"name": "v1", "served": True, "storage": True,
                        "schema": {{"open_apiv3_schema": schema}}}}]}})
k8s.apiextensions.CustomResource("widget", api_version=f"{{group}}/v1", kind="Widget", opts=Options(
    provider=provider, depends_on=[definition]), metadata={{"name": "w", "namespace": SPACE}},
    spec={{"size": 3}})
""")
    path = f"/apis/{group}/v1/namespaces/{project.space}/widgets/w"
    assert project.live.client.get(path).body["spec"] == {"size": 3}
    # Its deletion takes the API server ten seconds, which prove nothing here.
    project.live.client.send(
        "DELETE", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}"
    )
