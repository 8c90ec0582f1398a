"""Each fault ends in a clear sentence, leaves the state as it was, and lets the next run go on."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.recovery.checkpoint import parse_checkpoint
from tests import leftovers
from tests.commands import QUIET
from tests.e2e.harness import Checkout, Object

pytestmark = pytest.mark.sandbox


def resources(checkout: Checkout, stack: str) -> dict[str, Object]:
    """Return what the state knows of each object and password, by URN."""
    return leftovers.resources(checkout.latest(stack))


@pytest.fixture
def edited(stacks: Checkout) -> Iterator[Path]:
    """Folder of a copy whose catalogue and releases are put back at the end."""
    names = ("catalogue", "releases")
    kept = {name: shutil.copytree(stacks.root / name, stacks.root / f"{name}.kept") for name in names}
    yield stacks.root
    for name, copy in kept.items():
        shutil.rmtree(stacks.root / name)
        copy.rename(stacks.root / name)


BROKEN = {
    "duplicate port": ("catalogue/apps/kvibe.yaml", "dev_port: 7005", "dev_port: 7006", "7006"),
    "unknown key": ("catalogue/apps/kvibe.yaml", "name: kvibe", "name: kvibe\ncolour: red", "colour"),
    "broken yaml": ("catalogue/apps/kvibe.yaml", "components:", "components: [", "kvibe.yaml"),
    "broken digest": ("releases/dev.yaml", "sha256:", "sha512:", "sha512"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_named_and_nothing_is_touched(stacks: Checkout, edited: Path, fault: str) -> None:
    file, old, new, said = BROKEN[fault]
    before, live = resources(stacks, "dev"), stacks.versions("dev")
    text = (edited / file).read_text(encoding="utf-8")
    assert old in text
    (edited / file).write_text(text.replace(old, new), encoding="utf-8")
    done = stacks.pulumi("dev", "up", *QUIET, code=None)
    assert done.returncode != 0
    output = done.stdout + done.stderr
    assert file in output
    assert said in output
    assert "Nothing was touched" in output
    assert "Traceback" not in output
    assert stacks.versions("dev") == live
    assert stacks.locks("dev") == []
    assert resources(stacks, "dev") == before
    (edited / file).write_text(text, encoding="utf-8")
    stacks.pulumi("dev", "up", *QUIET, "--expect-no-changes")


@pytest.fixture
def changed(stacks: Checkout, edited: Path) -> Checkout:
    """A stack with something to do."""
    release = edited / "releases/nexia-dev.yaml"
    others, name, voice = release.read_text(encoding="utf-8").partition("nexia-voice:")
    release.write_text(others + name + voice.replace("tag: 0.1.0", "tag: 0.5.0"), encoding="utf-8")
    stacks.changed("nexia-dev")
    return stacks


def test_an_unreachable_api_server_is_named(changed: Checkout, tmp_path: Path) -> None:
    before, live = resources(changed, "nexia-dev"), changed.versions("nexia-dev")
    config = changed.sandbox.kubeconfig.read_text(encoding="utf-8")
    real = str(changed.sandbox.context.settings.ports["kube-apiserver"])
    elsewhere = tmp_path / "kubeconfig"
    with socket.socket() as bound:  # and not listening: nobody else can take the port meanwhile
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        elsewhere.write_text(config.replace(f":{real}", f":{port}"), encoding="utf-8")
        done = changed.pulumi("nexia-dev", "up", *QUIET, code=None, env={"KUBECONFIG": str(elsewhere)})
    assert done.returncode != 0
    assert f"cluster is unreachable: 127.0.0.1:{port}" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert resources(changed, "nexia-dev") == before
    assert changed.versions("nexia-dev") == live
    assert changed.locks("nexia-dev") == []
    changed.pulumi("nexia-dev", "up", *QUIET)


@pytest.mark.parametrize("word", ["up", "destroy"])
def test_a_wrong_passphrase_is_refused(changed: Checkout, tmp_path: Path, word: str) -> None:
    before = changed.checkpoint("nexia-dev")
    wrong = tmp_path / "passphrase"
    wrong.write_text("wrong\n", encoding="utf-8")
    env = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(wrong)}
    done = changed.pulumi("nexia-dev", word, *QUIET, code=None, env=env)
    assert done.returncode != 0
    assert "incorrect passphrase" in done.stdout + done.stderr
    assert changed.checkpoint("nexia-dev") == before
    assert changed.locks("nexia-dev") == []
    changed.pulumi("nexia-dev", "up", *QUIET)


@pytest.fixture
def small_disk(changed: Checkout, tmp_path: Path) -> Iterator[Path]:
    """A file system with room for the state and a few updates, holding a copy of it."""
    place = tmp_path / "small"
    place.mkdir()
    room = sum(file.stat().st_size for file in changed.state.rglob("*") if file.is_file()) + 8_000_000
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={room}", "none", place], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small file system needs root with CAP_SYS_ADMIN")
    try:
        shutil.copytree(changed.state, place / ".pulumi")
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_in_an_update_loses_nothing(changed: Checkout, small_disk: Path) -> None:
    backend = changed.sandbox.env["PULUMI_BACKEND_URL"]
    env = {"PULUMI_BACKEND_URL": backend.replace(str(changed.state.parent), str(small_disk))}
    checkpoint = small_disk / ".pulumi/stacks/nexia/dev.json"
    before = {item.urn for item in parse_checkpoint(checkpoint.read_bytes()).resources}
    ballast = small_disk / "ballast"
    # Room for a lock, none for a checkpoint: the disk is full when the first object is in flight.
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 16 * 1024))
    done = changed.pulumi("nexia-dev", "up", *QUIET, code=None, env=env, checkpoints=True)
    assert done.returncode != 0
    assert "no space left on device" in (done.stdout + done.stderr).lower()
    ballast.unlink()
    # The engine may leave a checkpoint that is cut off; the last whole one lies beside it.
    changed.recover("nexia-dev", "--yes", env=env)
    assert {item.urn for item in parse_checkpoint(checkpoint.read_bytes()).resources} == before
    changed.pulumi("nexia-dev", "up", *QUIET, env=env)
    changed.pulumi("nexia-dev", "up", *QUIET, "--expect-no-changes", env=env)
    # What the small disk knows is the truth now: bring it home for the tests that follow.
    shutil.copytree(small_disk / ".pulumi", changed.state, dirs_exist_ok=True)
