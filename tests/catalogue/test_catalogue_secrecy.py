"""The sandbox's public passphrase on the sandbox's cluster, and on another."""

import json
from pathlib import Path

import pytest

from catalogue.load import CHECKOUT
from catalogue.secrecy import PUBLIC, vet_secrets
from delivery.rendering.exits import RenderError
from delivery.world.rendering import render
from delivery.world.stack_lookup import find_stack

ELSEWHERE = "https://203.0.113.7:6443"
PASSPHRASE = PUBLIC.read_text(encoding="utf-8").strip()


def kubeconfig(folder: Path, server: str, name: str = "one") -> Path:
    file = folder / f"{name}.json"
    document = {
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": f"{name}-cluster"}}],
        "clusters": [{"name": f"{name}-cluster", "cluster": {"server": server}}],
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("server", "allowed"),
    [
        ("https://127.0.0.1:40000", True),
        ("https://[::1]:40000", True),
        ("https://localhost:40000", True),
        (ELSEWHERE, False),
        ("https://cluster.example.com", False),
        ("https://127.0.0.1.example.com", False),
    ],
)
def test_only_a_server_of_this_machine_may_meet_it(tmp_path: Path, server: str, *, allowed: bool) -> None:
    environ = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(PUBLIC), "KUBECONFIG": str(kubeconfig(tmp_path, server))}
    if allowed:
        vet_secrets(None, environ=environ)
        return
    with pytest.raises(ValueError, match="which is public") as refused:
        vet_secrets(None, environ=environ)
    assert server in str(refused.value)
    assert PASSPHRASE not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "allowed"),
    [
        ({"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}, False),
        ({"PULUMI_CONFIG_PASSPHRASE": "mine", "PULUMI_CONFIG_PASSPHRASE_FILE": str(PUBLIC)}, True),
        ({"PULUMI_CONFIG_PASSPHRASE": "mine"}, True),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "/nonexistent"}, True),
        ({}, True),
    ],
    ids=["in a variable", "the variable wins", "another", "none there", "another provider"],
)
def test_the_passphrase_is_the_one_that_the_engine_takes(
    tmp_path: Path, variables: dict[str, str], *, allowed: bool
) -> None:
    environ = {**variables, "KUBECONFIG": str(kubeconfig(tmp_path, ELSEWHERE))}
    if allowed:
        vet_secrets(None, environ=environ)
    else:
        with pytest.raises(ValueError, match="which is public"):
            vet_secrets(None, environ=environ)


def test_the_cluster_is_the_contexts_and_found_as_kubectl_finds_it(tmp_path: Path) -> None:
    here, there = (
        kubeconfig(tmp_path, "https://127.0.0.1:1", "here"),
        kubeconfig(tmp_path, ELSEWHERE, "there"),
    )
    environ = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(PUBLIC), "KUBECONFIG": f"{here}:/nonexistent:{there}"}
    vet_secrets(None, environ=environ)
    vet_secrets("here", environ=environ)
    vet_secrets("unknown", environ=environ)
    with pytest.raises(ValueError, match="203"):
        vet_secrets("there", environ=environ)
    home = tmp_path / ".kube"
    home.mkdir()
    kubeconfig(home, ELSEWHERE).rename(home / "config")
    del environ["KUBECONFIG"]
    with pytest.raises(ValueError, match="203"):
        vet_secrets("", environ={**environ, "HOME": str(tmp_path)})


@pytest.mark.parametrize("text", ["", "[", "just text", "contexts: [{name: one}]\ncurrent-context: one"])
def test_a_kubeconfig_that_says_nothing_is_not_its_matter(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_text(text)
    vet_secrets(None, environ={"PULUMI_CONFIG_PASSPHRASE_FILE": str(PUBLIC), "KUBECONFIG": str(file)})


@pytest.mark.parametrize("stack", ["dev", "nexia-prod"])
def test_the_programs_ask_before_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(PUBLIC))
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path, ELSEWHERE)))
    with pytest.raises(RenderError, match="Nothing was touched:\nthe stack's secrets"):
        render(find_stack(stack))
    assert PUBLIC == CHECKOUT / "sandbox" / "passphrase"


@pytest.mark.parametrize("name", ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"])
def test_who_buys_needs_a_token(name: str) -> None:
    vet_secrets(None, environ={})
    vet_secrets(None, buys=True, environ={name: "planted"})
    for environ in ({}, {name: ""}):
        with pytest.raises(ValueError, match="token is missing; export DIGITALOCEAN_TOKEN"):
            vet_secrets(None, buys=True, environ=environ)
