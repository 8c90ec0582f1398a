"""The provider's configuration, kubeconfigs and checks."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.plugins.kubernetes.checks import completed, failures
from sandbox.plugins.kubernetes.cluster import Cluster
from sandbox.plugins.kubernetes.kubeconfig import KubeconfigError, load_kubeconfig
from sandbox.plugins.kubernetes.objects import kind_of_token, split_identity
from sandbox.plugins.kubernetes.provider_diff import provider_replaces
from sandbox.plugins.kubernetes.settings import Settings, refusals, settings_of
from sandbox.plugins.values import UNKNOWN, Secret

CONFIG = {
    "current-context": "one",
    "contexts": [
        {"name": "one", "context": {"cluster": "c1", "user": "token", "namespace": "space"}},
        {"name": "two", "context": {"cluster": "c2", "user": "certificate"}},
        {"name": "three", "context": {"cluster": "c2", "user": "program"}},
        {"name": "four", "context": {"cluster": "missing"}},
    ],
    "clusters": [
        {"name": "c1", "cluster": {"server": "https://one", "certificate-authority-data": "Y2E="}},
        {"name": "c2", "cluster": {"server": "https://two", "insecure-skip-tls-verify": True}},
    ],
    "users": [
        {"name": "token", "user": {"token": "t0ken"}},
        {"name": "certificate", "user": {"client-certificate": "tls.crt", "client-key-data": "a2V5"}},
        {"name": "program", "user": {"exec": {"command": "x"}}},
    ],
}
TEXT = json.dumps(CONFIG)


def test_a_kubeconfig_as_contents_path_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_kubeconfig(TEXT)
    assert (found.server, found.ca, found.token, found.namespace) == ("https://one", b"ca", "t0ken", "space")
    file = tmp_path / "config"
    file.write_text(TEXT)
    (tmp_path / "tls.crt").write_text("pem")
    second = load_kubeconfig(str(file), context="two")
    assert (second.server, second.insecure) == ("https://two", True)
    assert (second.client_certificate, second.client_key) == (b"pem", b"key")
    monkeypatch.setenv("KUBECONFIG", str(file))
    assert load_kubeconfig(None, cluster="c2").server == "https://two"


@pytest.mark.parametrize(
    ("text", "context", "sentence"),
    [
        ("/no/such/file", None, "/no/such/file cannot be read"),
        ("{]", None, "no valid YAML"),
        ("{}", None, "names no current-context"),
        (TEXT, "absent", "no context named 'absent'"),
        (TEXT, "three", "does not support `exec`"),
        (TEXT, "four", "no cluster named 'missing'"),
    ],
)
def test_a_bad_kubeconfig_says_what_is_wrong(text: str, context: str | None, sentence: str) -> None:
    with pytest.raises(KubeconfigError) as error:
        load_kubeconfig(text, context=context)
    assert sentence in str(error.value)


def test_a_certificate_that_is_none_is_a_reason_and_no_crash() -> None:
    reason = Cluster(Settings(kubeconfig=TEXT)).unreachable()
    assert reason is not None
    assert "a certificate, key or token file of the kubeconfig cannot be used" in reason


def test_settings_read_texts_booleans_secrets_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings_of({"enableSecretMutable": "true", "enablePatchForce": True, "kubeconfig": Secret("x")})
    assert found == Settings(secret_mutable=True, patch_force=True, kubeconfig="x")
    monkeypatch.setenv("PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", "true")
    assert settings_of({}).config_map_mutable
    assert not settings_of({"enableConfigMapMutable": "false"}).config_map_mutable


def test_options_that_cannot_be_honoured_are_refused() -> None:
    assert set(refusals({"renderYamlToDirectory": "out"})) == {"renderYamlToDirectory"}
    assert set(refusals({"enableServerSideApply": "false"})) == {"enableServerSideApply"}
    assert refusals({"enableServerSideApply": "true", "context": "x"}) == {}


def test_only_another_cluster_replaces_the_provider() -> None:
    one = Settings(kubeconfig=TEXT)
    assert provider_replaces(one, Settings(kubeconfig=TEXT, cluster="c2")) == ["cluster"]
    assert provider_replaces(one, Settings(kubeconfig=TEXT.replace("t0ken", "other"))) == []
    assert provider_replaces(one, Settings(kubeconfig=TEXT, config_map_mutable=True)) == []
    moved = Settings(kubeconfig=TEXT, cluster="c2", cluster_identifier="a")
    assert provider_replaces(Settings(kubeconfig=TEXT, cluster_identifier="a"), moved) == []
    assert provider_replaces(one, moved) == ["clusterIdentifier"]


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "sentence"),
    [
        ("kubernetes:core/v1:ConfigMap", {"metadata": {}}, "metadata.name", "has no name"),
        ("kubernetes:core/v1:ConfigMap", {}, "metadata.name", "has no name"),
        (
            "kubernetes:core/v1:ConfigMap",
            {"metadata": {"generateName": "a-"}},
            "metadata.name",
            "generateName",
        ),
        (
            "kubernetes:core/v1:ConfigMapPatch",
            {"metadata": {"name": "a"}},
            "",
            "does not support ConfigMapPatch",
        ),
        ("kubernetes:core/v1:ConfigMapList", {"items": []}, "", "does not support ConfigMapList"),
        ("kubernetes:helm.sh/v3:Release", {}, "", "does not support Helm"),
        ("kubernetes:yaml/v2:ConfigFile", {}, "", "does not support YAML"),
    ],
)
def test_wrong_inputs_are_named(token: str, inputs: dict[str, Any], property_: str, sentence: str) -> None:
    found = failures(token, completed(token, inputs))
    assert set(found) == {property_}
    assert sentence in found[property_]


def test_good_and_unknown_names_pass() -> None:
    for inputs in ({"metadata": {"name": "a"}}, {"metadata": {"name": UNKNOWN}}, {"metadata": UNKNOWN}):
        assert (
            failures("kubernetes:core/v1:ConfigMap", completed("kubernetes:core/v1:ConfigMap", inputs)) == {}
        )


def test_tokens_and_identities() -> None:
    assert kind_of_token("kubernetes:core/v1:Pod") == ("v1", "Pod")
    assert kind_of_token("kubernetes:apps/v1:Deployment") == ("apps/v1", "Deployment")
    assert kind_of_token("kubernetes:rbac.authorization.k8s.io/v1:Role") == (
        "rbac.authorization.k8s.io/v1",
        "Role",
    )
    assert split_identity("a/b") == ("a", "b")
    assert split_identity("b") == (None, "b")
