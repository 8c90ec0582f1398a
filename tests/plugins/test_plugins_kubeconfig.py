"""Who the plugin is to the API server, from a kubeconfig."""

import json
from pathlib import Path

import pytest

from sandbox.plugins.kubernetes.kubeconfig import KubeconfigError, load_kubeconfig

TOKEN = "planted-Token-4711"


def kubeconfig(**user: str) -> str:
    return json.dumps(
        {
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
            "users": [{"name": "u", "user": user}],
        }
    )


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f" {TOKEN}\r\n"])
def test_a_token_is_taken_without_the_lines_end(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    assert load_kubeconfig(kubeconfig(token=text)).token == TOKEN
    assert load_kubeconfig(kubeconfig(tokenFile=str(tmp_path / "token"))).token == TOKEN


@pytest.mark.parametrize("text", [f"{TOKEN}\nX: y", f"{TOKEN} and more", f"{TOKEN}€", "\n"])
def test_what_no_token_holds_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(KubeconfigError) as refused:
        load_kubeconfig(kubeconfig(token=text))
    assert "token" in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_a_user_without_a_token_has_none() -> None:
    assert load_kubeconfig(kubeconfig()).token is None
