"""Differences between inputs: paths, kinds, replacements."""

from typing import Any

import pytest

from sandbox.plugins.kubernetes.diff import Change, diff, text_of
from sandbox.plugins.values import UNKNOWN, Secret


def manifest(api_version: str, kind: str, **rest: object) -> dict[str, Any]:
    metadata = {"name": "a", "namespace": "b"}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def replaced(old: dict[str, Any], new: dict[str, Any], **options: bool) -> list[str]:
    return sorted(text_of(change.path) for change in diff(old, new, **options) if change.replace)


def test_equal_inputs_have_no_difference_whatever_their_spelling() -> None:
    old = manifest("v1", "ConfigMap", data={"a": "1"}, __inputs={"x": 1})
    assert diff(old, manifest("v1", "ConfigMap", data={"a": Secret("1")}, binaryData=None)) == []
    default = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}}
    assert diff(default, {**default, "metadata": {"name": "a"}}) == []


def test_a_secrets_texts_and_their_base64_are_the_same() -> None:
    old = manifest("v1", "Secret", stringData={"a": "text"})
    assert diff(old, manifest("v1", "Secret", data={"a": "dGV4dA=="})) == []
    assert [text_of(c.path) for c in diff(old, manifest("v1", "Secret", stringData={"a": "other"}))] == [
        "data.a"
    ]


def test_every_changed_path_is_named_once() -> None:
    old = manifest("apps/v1", "Deployment", spec={"replicas": 1, "paused": True, "list": [1, 2], "flag": 1})
    new = manifest("apps/v1", "Deployment", spec={"replicas": 2, "new": {"x": 1}, "list": [1], "flag": True})
    found = sorted((text_of(change.path), change.kind) for change in diff(old, new))
    assert found == [
        ("spec.flag", "update"),
        ("spec.list[1]", "delete"),
        ("spec.new", "add"),
        ("spec.paused", "delete"),
        ("spec.replicas", "update"),
    ]


def test_an_unknown_value_counts_as_changed() -> None:
    old = manifest("batch/v1", "Job", spec={"template": {"x": "1"}})
    new = manifest("batch/v1", "Job", spec={"template": {"x": UNKNOWN}})
    assert diff(old, new) == [Change(("spec", "template", "x"), "update", replace=True)]


def test_an_absent_replica_count_is_no_difference() -> None:
    spec = {"selector": {"matchLabels": {"a": "b"}}}
    assert (
        diff(manifest("apps/v1", "Deployment", spec=spec), manifest("apps/v1", "Deployment", spec=spec)) == []
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "old", "new", "path"),
    [
        ("apps/v1", "Deployment", {"spec": {"selector": {"a": "1"}}}, {"spec": {"selector": {"a": "2"}}},
         "spec.selector.a"),
        ("apps/v1", "DaemonSet", {"spec": {"selector": {"a": "1"}}}, {"spec": {"selector": {}}},
         "spec.selector.a"),
        ("apps/v1", "StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {}}, "spec.serviceName"),
        ("batch/v1", "Job", {"spec": {"template": {"x": [{"image": "a"}]}}},
         {"spec": {"template": {"x": [{"image": "b"}]}}},
         "spec.template.x[0].image"),
        ("batch/v1", "Job", {"spec": {"completions": 1}}, {"spec": {}}, "spec.completions"),
        ("v1", "Service", {"spec": {"clusterIP": "10.0.0.1"}}, {"spec": {"clusterIP": "None"}},
         "spec.clusterIP"),
        ("v1", "Service", {"spec": {}}, {"spec": {"clusterIP": "None"}}, "spec.clusterIP"),
        ("v1", "PersistentVolumeClaim", {"spec": {"volumeName": "a"}}, {"spec": {"volumeName": "b"}},
         "spec.volumeName"),
        ("v1", "Secret", {"type": "Opaque"}, {"type": "kubernetes.io/tls"}, "type"),
        ("v1", "Pod", {"spec": {"hostname": "a"}}, {"spec": {"hostname": "b"}}, "spec.hostname"),
        ("v1", "ResourceQuota", {"spec": {"scopes": ["BestEffort"]}}, {"spec": {}}, "spec.scopes"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", {"roleRef": {"x": "a"}}, {"roleRef": {"x": "b"}},
         "roleRef.x"),
        ("storage.k8s.io/v1", "StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, "provisioner"),
    ],
)  # fmt: skip
def test_immutable_fields_replace(
    api_version: str, kind: str, old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    assert replaced(manifest(api_version, kind, **old), manifest(api_version, kind, **new)) == [path]


@pytest.mark.parametrize(
    ("api_version", "kind", "old", "new"),
    [
        ("apps/v1", "Deployment", {"spec": {"template": {"x": 1}}}, {"spec": {"template": {"x": 2}}}),
        ("batch/v1", "Job", {"spec": {"suspend": False}}, {"spec": {"suspend": True}}),
        ("batch/v1", "CronJob", {"spec": {"template": 1}}, {"spec": {"template": 2}}),
        ("v1", "Service", {"spec": {"ports": [{"port": 1}]}}, {"spec": {"ports": [{"port": 2}]}}),
        ("v1", "Pod", {"spec": {"tolerations": []}}, {"spec": {"tolerations": [{"key": "a"}]}}),
        ("v1", "ResourceQuota", {"spec": {"hard": {"pods": "1"}}}, {"spec": {"hard": {"pods": "2"}}}),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", {"subjects": []}, {"subjects": [{"name": "a"}]}),
    ],
)  # fmt: skip
def test_other_fields_change_in_place(
    api_version: str, kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    before, after = manifest(api_version, kind, **old), manifest(api_version, kind, **new)
    assert diff(before, after) != []
    assert replaced(before, after) == []


@pytest.mark.parametrize(("key", "value"), [("name", "other"), ("namespace", "other")])
def test_another_identity_replaces(key: str, value: str) -> None:
    old = manifest("v1", "ConfigMap")
    new = {**old, "metadata": {**old["metadata"], key: value}}
    assert replaced(old, new) == [f"metadata.{key}"]


def test_another_group_replaces_another_version_does_not() -> None:
    old = manifest("autoscaling/v1", "HorizontalPodAutoscaler")
    assert replaced(old, {**old, "apiVersion": "autoscaling/v2"}) == []
    assert replaced(old, {**old, "apiVersion": "example.com/v1"}) == ["apiVersion"]


@pytest.mark.parametrize(
    ("kind", "option"), [("ConfigMap", "config_map_mutable"), ("Secret", "secret_mutable")]
)
def test_contents_replace_unless_the_provider_says_mutable_or_the_object_immutable(
    kind: str, option: str
) -> None:
    old, new = manifest("v1", kind, data={"a": "x"}), manifest("v1", kind, data={"a": "y"})
    assert replaced(old, new) == ["data.a"]
    assert replaced(old, new, **{option: True}) == []
    assert replaced({**old, "immutable": True}, {**new, "immutable": True}, **{option: True}) == ["data.a"]
    assert replaced({**old, "immutable": True}, old, **{option: True}) == ["immutable"]


def test_paths_are_spelled_as_the_engine_spells_them() -> None:
    path = ("metadata", "annotations", "pulumi.com/x", 0, "my-key", 'a"b')
    assert text_of(path) == 'metadata.annotations["pulumi.com/x"][0].my-key["a\\"b"]'
