"""Single calls against the live API server, where the engine would add nothing."""

from typing import Any

import pytest

from sandbox.plugins.values import Secret, from_struct
from tests.conftest import RunningSandbox
from tests.plugins.harness import LIMIT, Live, Plugin, base64_of, urn_of

pytestmark = pytest.mark.sandbox

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def config_map(live: Live, data: dict[str, str], **annotations: str) -> dict[str, Any]:
    metadata = {"name": "a", "namespace": live.space, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def outputs(response: Any) -> dict[str, Any]:  # noqa: ANN401 - the messages are untyped
    return from_struct(response.properties)


def managers(live: Live, name: str) -> set[str]:
    return {entry["manager"] for entry in live.get("configmaps", name)["metadata"]["managedFields"]}


def test_the_field_manager_is_ours_or_the_programs_choice(plugin: Plugin, live: Live) -> None:
    plugin.create(CONFIG_MAP, config_map(live, {"a": "1"}))
    assert managers(live, "a") == {"pulumi-kubernetes"}
    live.delete("configmaps", "a")
    plugin.create(CONFIG_MAP, config_map(live, {"a": "1"}, **{"pulumi.com/patchFieldManager": "chosen"}))
    assert managers(live, "a") == {"chosen"}


def test_a_preview_writes_nothing_and_finds_what_the_server_would_refuse(plugin: Plugin, live: Live) -> None:
    plugin.create(CONFIG_MAP, config_map(live, {"a": "1"}), preview=True)
    assert not live.exists("configmaps", "a")
    bad = config_map(live, {"no/slash": "1"})
    with pytest.raises(AssertionError, match="Invalid value"):
        plugin.create(CONFIG_MAP, bad, preview=True)
    first = outputs(plugin.create(CONFIG_MAP, config_map(live, {"a": "1"})))
    previewed = outputs(plugin.update(CONFIG_MAP, first, config_map(live, {"a": "2"}), preview=True))
    assert previewed["data"] == {"a": "2"}
    assert previewed["metadata"]["uid"] == first["metadata"]["uid"]
    assert live.get("configmaps", "a")["data"] == {"a": "1"}


def test_a_preview_into_a_namespace_that_is_still_to_come_works(plugin: Plugin, live: Live) -> None:
    inputs = config_map(live, {"a": "1"})
    inputs["metadata"]["namespace"] = "still-to-come"
    assert outputs(plugin.create(CONFIG_MAP, inputs, preview=True)) == inputs


def test_an_unknown_kind_is_refused_with_the_cure(plugin: Plugin, live: Live) -> None:
    token = "kubernetes:example.com/v1:Nothing"
    inputs = {
        "apiVersion": "example.com/v1",
        "kind": "Nothing",
        "metadata": {"name": "a", "namespace": live.space},
    }
    assert outputs(plugin.create(token, inputs, preview=True)) == inputs
    with pytest.raises(AssertionError, match="create its CustomResourceDefinition first"):
        plugin.create(token, inputs)


def test_reading_gives_what_the_program_manages_and_imports_the_rest(plugin: Plugin, live: Live) -> None:
    inputs = config_map(live, {"a": "1"})
    state = outputs(plugin.create(CONFIG_MAP, inputs))
    live.patch("configmaps", "a", {"data": {"a": "2", "b": "x"}, "metadata": {"labels": {"by": "hand"}}})
    known = plugin.read(CONFIG_MAP, f"{live.space}/a", inputs, state)
    assert from_struct(known.inputs) == config_map(live, {"a": "2"})
    unknown = from_struct(plugin.read(CONFIG_MAP, f"{live.space}/a").inputs)
    assert unknown["data"] == {"a": "2", "b": "x"}
    assert unknown["metadata"] == {"name": "a", "namespace": live.space, "labels": {"by": "hand"}}
    assert plugin.read(CONFIG_MAP, f"{live.space}/missing").id == ""


def test_an_imported_secret_is_secret(plugin: Plugin, live: Live) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a"},
        "data": {"k": base64_of("hidden-text")},
    }
    live.create("secrets", body)
    response = plugin.read(SECRET, f"{live.space}/a")
    assert from_struct(response.inputs)["data"] == Secret({"k": base64_of("hidden-text")})
    assert from_struct(response.properties)["data"] == Secret({"k": base64_of("hidden-text")})


def test_a_key_that_leaves_string_data_leaves_the_secret(plugin: Plugin, live: Live) -> None:
    metadata = {"name": "a", "namespace": live.space}
    first = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "stringData": {"k": "1", "gone": "2"},
    }
    state = outputs(plugin.create(SECRET, first))
    plugin.update(SECRET, state, {**first, "stringData": {"k": "1"}})
    assert live.get("secrets", "a")["data"] == {"k": base64_of("1")}


def test_replicas_that_an_autoscaler_chose_stay(plugin: Plugin, live: Live) -> None:
    labels = {"app": "a"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "x", "image": "example/app:1"}]}}
    metadata = {"name": "a", "namespace": live.space}
    spec: dict[str, Any] = {"selector": {"matchLabels": labels}, "template": pod}
    inputs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
    state = outputs(plugin.create(DEPLOYMENT, inputs))
    live.patch("deployments", "a", {"spec": {"replicas": 3}}, "/scale")
    changed = {**inputs, "metadata": {**metadata, "labels": {"a": "b"}}}
    plugin.update(DEPLOYMENT, state, changed)
    assert live.get("deployments", "a")["spec"]["replicas"] == 3


def test_the_namespace_defaults_to_the_providers(control_plane: RunningSandbox, live: Live) -> None:
    plugin = Plugin("kubernetes", control_plane.env, {"namespace": live.space})
    try:
        inputs, wrong = plugin.check(CONFIG_MAP, {"metadata": {"name": "a"}})
        assert wrong == {}
        assert inputs["metadata"] == {"name": "a", "namespace": live.space}
        assert inputs["apiVersion"] == "v1"
        role, _ = plugin.check(
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", {"metadata": {"name": "a"}}
        )
        assert role["metadata"] == {"name": "a"}
    finally:
        assert plugin.close() == 0


def test_without_a_cluster_the_options_say_what_happens(control_plane: RunningSandbox, live: Live) -> None:
    inputs = config_map(live, {"a": "1"})
    nowhere = {"kubeconfig": "/no/such/file"}
    for options, survives in (
        ({"skipUpdateUnreachable": "true"}, True),
        ({"deleteUnreachable": "true"}, False),
    ):
        plugin = Plugin("kubernetes", control_plane.env, {**nowhere, **options})
        try:
            assert bool(plugin.read(CONFIG_MAP, f"{live.space}/a", inputs).id) is survives
            if survives:
                with pytest.raises(AssertionError, match="/no/such/file cannot be read"):
                    plugin.delete(CONFIG_MAP, f"{live.space}/a", inputs)
            else:
                plugin.delete(CONFIG_MAP, f"{live.space}/a", inputs)
        finally:
            plugin.close()


def test_a_diff_asks_for_deletion_first_only_in_the_same_place(plugin: Plugin, live: Live) -> None:
    old: dict[str, Any] = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"completions": 1}}
    old["metadata"] = {"name": "a", "namespace": live.space}
    same = plugin.diff("kubernetes:batch/v1:Job", old, {**old, "spec": {"completions": 2}})
    assert (list(same.replaces), same.deleteBeforeReplace) == (["spec.completions"], True)
    moved = plugin.diff(
        "kubernetes:batch/v1:Job", old, {**old, "metadata": {"name": "b", "namespace": live.space}}
    )
    assert (list(moved.replaces), moved.deleteBeforeReplace) == (["metadata.name"], False)
    assert plugin.diff("kubernetes:batch/v1:Job", old, dict(old)).changes == 1


def test_plugins_end_quietly_when_asked(control_plane: RunningSandbox) -> None:
    for module in ("kubernetes", "random"):
        plugin = Plugin(module, control_plane.env)
        plugin.process.terminate()
        assert plugin.process.wait(LIMIT) == 0
        plugin.close()


def test_an_update_never_touches_an_object_that_took_the_place_of_ours(plugin: Plugin, live: Live) -> None:
    state = outputs(plugin.create(CONFIG_MAP, config_map(live, {"a": "1"})))
    live.delete("configmaps", "a")
    theirs = config_map(live, {"a": "theirs"}, **{"blueocean.io/urn": urn_of(CONFIG_MAP, stack="prod")})
    live.create("configmaps", theirs)
    forced = config_map(live, {"a": "2"}, **{"pulumi.com/patchForce": "true"})
    with pytest.raises(AssertionError, match="AlreadyExists"):
        plugin.update(CONFIG_MAP, state, forced)
    assert live.get("configmaps", "a")["data"] == {"a": "theirs"}
