"""The first steps of every command, scripts/uv and the locked environment, where something is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.load import CHECKOUT
from tests.commands import Done, run

DEAD = "http://127.0.0.1:9"
"""Where nobody listens."""
NETWORK = "check the network, the proxy or your registry configuration"
DISK = "the disk is full"
pip_needs_seconds = pytest.mark.sandbox  # a virtual environment with pip, made anew


def environment(**settings: str) -> dict[str, str]:
    """What a shell has, without what this run of the tests was given by uv and make."""
    own = ("UV", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PIP_FIND_LINKS")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | settings


def last_line(done: Done) -> str:
    """The one sentence; before make's own word."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert sum(line.startswith("blueocean: ") for line in lines) == 1, done.stderr
    return lines[-1]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB: too small for a virtual environment."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root with CAP_SYS_ADMIN")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout with what `make environment` reads, and without an environment."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "uv.lock", "README.md", "scripts/uv", "scripts/attempt"):
        shutil.copy(CHECKOUT / name, root / name)
    return root


def test_packages_that_no_registry_serves_are_blamed_on_the_network(bare: Path, tmp_path: Path) -> None:
    proxies = dict.fromkeys(("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"), DEAD)
    cache = {"UV_CACHE_DIR": str(tmp_path / "empty"), "UV_HTTP_RETRIES": "0", "NO_PROXY": "", "no_proxy": ""}
    done = run(["make", "environment"], bare, environment(**proxies, **cache), code=2)
    said = last_line(done)
    assert "the locked Python packages" in said
    assert NETWORK in said
    assert "Connection refused" in done.stderr  # the reason, as uv says it, stands above
    assert "Error 69" in done.stderr


def test_packages_that_find_no_room_are_blamed_on_the_disk_alone(bare: Path, small: Path) -> None:
    # The checkout itself has room: what is full is known from uv's words alone.
    (small / "venv").mkdir()
    (bare / ".venv").symlink_to(small / "venv")
    done = run(["make", "environment"], bare, environment(), code=2)
    said = last_line(done)
    assert DISK in said
    assert str(small) in done.stderr or str(bare / ".venv") in done.stderr
    assert NETWORK not in said
    assert "Error 69" in done.stderr


def test_another_failure_is_blamed_on_neither(bare: Path) -> None:
    (bare / "uv.lock").unlink()
    done = run(["make", "environment"], bare, environment(), code=2)
    assert last_line(done) == (
        "blueocean: the locked Python packages could not be installed, for the reason that stands above"
    )
    assert "lock" in done.stderr.splitlines()[0]


@pytest.mark.parametrize("goal", ["test", "system"])
def test_a_missing_browser_is_told_before_anything_else_is_done(
    bare: Path, tmp_path: Path, goal: str
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    make, env = str(shutil.which("make")), environment(PATH=str(programs))
    done = run([make, goal], bare, env, code=2)
    assert last_line(done).startswith("blueocean: chromium, which the tests need, is not on PATH; install it")
    assert "Error 69" in done.stderr
    assert not (bare / ".venv").exists()
    (programs / "chromium").symlink_to("/bin/true")
    assert "chromium" not in run([make, goal], bare, env, code=2).stderr  # on to the next thing


@pip_needs_seconds
def test_uv_that_no_registry_serves_is_blamed_on_the_network(tmp_path: Path) -> None:
    dead = {"PIP_INDEX_URL": f"{DEAD}/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    cache = tmp_path / "cache"
    env = environment(BLUEOCEAN_CACHE=str(cache), **dead)
    done = run([str(CHECKOUT / "scripts/uv"), "--version"], tmp_path, env, code=69)
    assert "uv 0.13.9" in last_line(done)
    assert NETWORK in last_line(done)
    assert list(cache.iterdir()) == []


@pip_needs_seconds
def test_uv_that_finds_no_room_is_blamed_on_the_disk(small: Path) -> None:
    env = environment(BLUEOCEAN_CACHE=str(small))
    done = run([str(CHECKOUT / "scripts/uv"), "--version"], small, env, code=69)
    assert DISK in last_line(done)
    assert str(small) in last_line(done)
    assert list(small.iterdir()) == []


@pip_needs_seconds
def test_two_first_runs_at_once_both_get_uv_and_leave_one_copy(tmp_path: Path) -> None:
    env = environment(BLUEOCEAN_CACHE=str(tmp_path / "cache"))
    both = [
        subprocess.Popen(
            [CHECKOUT / "scripts/uv", "--version"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ends = [(*process.communicate(timeout=500), process.returncode) for process in both]
    assert [(out.split()[:2], code) for out, _, code in ends] == [(["uv", "0.13.9"], 0)] * 2, ends
    assert all("installing uv 0.13.9" in err for _, err, _ in ends), "they were not at once"
    assert [one.name for one in (tmp_path / "cache").iterdir()] == ["uv-0.13.9"]
