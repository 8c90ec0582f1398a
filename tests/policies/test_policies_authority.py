"""Which cluster a shell works on; anything that leaves a doubt is no answer."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from policies.authority import authority
from sandbox.shell import kubeconfig

PEM = b"-----BEGIN CERTIFICATE-----"
FINGERPRINT = hashlib.sha256(PEM).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The sandbox's own kubeconfig."""
    (tmp_path / "ca.crt").write_bytes(PEM)
    made = tmp_path / "kubeconfig"
    made.write_text(kubeconfig(6443, tmp_path / "ca.crt", "token"))
    return made


def asked(file: Path | str) -> str:
    return authority({"KUBECONFIG": str(file)})


def changed(file: Path, **changes: Any) -> Path:  # noqa: ANN401 - any value of JSON
    document = json.loads(file.read_text())
    document["clusters"][0]["cluster"] |= changes
    file.write_text(json.dumps(document))
    return file


def test_the_sandboxs_own_kubeconfig_has_one(file: Path) -> None:
    assert asked(file) == FINGERPRINT
    assert asked(f"{os.pathsep}{file}") == FINGERPRINT


def test_a_relative_file_lies_beside_the_kubeconfig(file: Path) -> None:
    assert asked(changed(file, **{"certificate-authority": "ca.crt"})) == FINGERPRINT


@pytest.mark.parametrize(
    "change",
    [
        {"insecure-skip-tls-verify": True},
        {"tls-server-name": "sandbox"},
        {"proxy-url": "http://127.0.0.1:1"},
        {"certificate-authority-data": "LS0t"},
        {"server": "http://127.0.0.1:6443"},
        {"server": "https://prod.example.com"},
        {"server": "https://127.0.0.1.example.com:6443"},
        {"server": "https://127.0.0.1:6443@prod.example.com"},
        {"certificate-authority": "/nowhere"},
    ],
)
def test_an_entry_that_weakens_the_proof_has_none(file: Path, change: dict[str, Any]) -> None:
    assert asked(changed(file, **change)) == ""


def test_of_two_clusters_none_is_meant(file: Path) -> None:
    document = json.loads(file.read_text())
    document["clusters"] *= 2
    file.write_text(json.dumps(document))
    assert asked(file) == ""
    assert asked(f"{file}{os.pathsep}{file}") == ""


@pytest.mark.parametrize("text", ["", "{", "clusters: 1", "clusters: []", "clusters: [1]", "clusters: [{}]"])
def test_what_is_no_kubeconfig_has_none(file: Path, text: str) -> None:
    file.write_text(text)
    assert asked(file) == ""


def test_without_a_setting_it_is_the_homes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = file.parent
    monkeypatch.setenv("HOME", str(home))
    assert authority({}) == ""
    (home / ".kube").mkdir()
    (home / ".kube" / "config").write_text(file.read_text())
    assert authority({}) == FINGERPRINT
