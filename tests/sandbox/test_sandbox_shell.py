import json
import subprocess
from pathlib import Path

from sandbox import shell
from sandbox.layout import CHECKOUT, Layout, cache_dir, sandbox_root

PRINT = 'printf "%s\\n" "$PATH" "$KUBECONFIG" "$PULUMI_BACKEND_URL" "$BLUEOCEAN_SANDBOX"'


def test_the_lines_survive_odd_paths_and_being_evaluated_twice(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "it's a $HOME")
    lines = shell.lines(layout)
    done = subprocess.run(
        ["/bin/sh", "-ec", lines + lines + PRINT],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        f"{layout.bin}:/usr/bin:/bin",
        str(layout.kubeconfig),
        f"file://{layout.pulumi / 'state'}?metadata=skip",
        str(layout.root),
    ]


def test_the_environment_is_the_agreed_one(tmp_path: Path) -> None:
    assert set(shell.environment(Layout(tmp_path))) == {
        "BLUEOCEAN_SANDBOX",
        "KUBECONFIG",
        "PULUMI_HOME",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "PULUMI_SKIP_UPDATE_CHECK",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
        "DIGITALOCEAN_API_URL",
        "DIGITALOCEAN_TOKEN",
        "BLUEOCEAN_PORT_OFFSET",
    }


def test_the_kubeconfig_names_one_user_on_loopback(tmp_path: Path) -> None:
    document = json.loads(shell.kubeconfig(20001, tmp_path / "ca.crt", "t"))
    assert document["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:20001"
    assert document["users"][0]["user"] == {"token": "t"}
    assert document["current-context"] == document["contexts"][0]["name"]


def test_folders_follow_the_environment() -> None:
    assert sandbox_root({}) == CHECKOUT / ".sandbox"
    assert sandbox_root({"BLUEOCEAN_SANDBOX": "/x"}) == Path("/x")
    assert cache_dir({"BLUEOCEAN_CACHE": "/c", "XDG_CACHE_HOME": "/d"}) == Path("/c")
    assert cache_dir({"XDG_CACHE_HOME": "/d"}) == Path("/d/blueocean")
    assert cache_dir({}) == Path.home() / ".cache" / "blueocean"


def test_a_new_sandbox_is_private(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "sandbox")
    layout.create()
    folders = [layout.root, *(path for path in layout.root.rglob("*") if path.is_dir())]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
