"""The tools' builder, against a `go` of the test's own that does as it is told; one test has the real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.errors import Exit, SandboxError
from sandbox.layout import cache_dir
from sandbox.toolchain import build, golang
from sandbox.toolchain.tools import TOOLS, Tool
from tests.e2e.harness import until

# Writes a line for each build, then the program; `$FAKE_GO` can make it fail, wait or hang.
FAKE_GO = r"""#!/bin/sh
case "$1" in
  env) echo "${FAKE_VERSION:-go1.26.8}"; exit 0 ;;
  list) [ -z "$FAKE_LIST" ] || { echo "$FAKE_LIST" >&2; exit 1; }; echo example.org/a; exit 0 ;;
esac
echo build >> "$FAKE_HOME/builds"
[ -z "$FAKE_BUILD" ] || { echo "$FAKE_BUILD" >&2; exit 1; }
sleep "${FAKE_SECONDS:-0}"
for last; do :; done
while [ "$1" != "-o" ]; do shift; done
echo program > "$2/tool"
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module x\n")
    (module / "go.sum").write_text("")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text(FAKE_GO)
    (folder / "go").chmod(0o755)
    monkeypatch.setattr(Tool, "module", property(lambda _self: module))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_HOME", str(tmp_path))
    monkeypatch.setenv("BLUEOCEAN_CACHE", str(tmp_path / "cache"))
    return Tool("tool", "v1.0.0", ("example.org/tool",), disk=1)


def builds(tmp_path: Path) -> int:
    return len((tmp_path / "builds").read_text().splitlines())


def silent(_text: str) -> None:
    pass


def refused(act: Callable[[], object]) -> SandboxError:
    with pytest.raises(SandboxError) as caught:
        act()
    return caught.value


def test_a_tool_is_built_once_and_says_so(tool: Tool, tmp_path: Path) -> None:
    said: list[str] = []
    folder = build.ensure(tool, "go1.26.8", said.append)
    assert (folder / "tool").read_text() == "program\n"
    assert build.ensure(tool, "go1.26.8", pytest.fail) == folder
    assert builds(tmp_path) == 1
    assert any("built in" in line for line in said)


def test_whatever_decides_the_outcome_is_in_the_folder_name(tool: Tool) -> None:
    keys = [tool.key("go1.26.8"), tool.key("go1.27.0")]
    (tool.module / "go.sum").write_text("changed")
    keys.append(tool.key("go1.26.8"))
    keys.append(Tool("tool", "v1.0.0", ("example.org/tool",), ldflags="-X a=b").key("go1.26.8"))
    assert len(set(keys)) == 4


def test_the_real_tools_have_the_agreed_versions() -> None:
    versions = {tool.name: tool.version for tool in TOOLS.values()}
    assert versions == {"pulumi": "v3.259.0", "kubernetes": "v1.36.3", "etcd": "v3.6.13", "kwok": "v0.7.0"}
    modules = "".join((tool.module / "go.mod").read_text() for tool in TOOLS.values())
    for line in (
        "pulumi/pkg/v3 v3.259.0",
        "k8s.io/kubernetes v1.36.3",
        "etcd/server/v3 v3.6.13",
        "kwok v0.7.0",
    ):
        assert line in modules


def test_no_go(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tool.module))
    error = refused(golang.version)
    assert error.code is Exit.PREREQUISITE
    assert "install Go 1.26" in str(error)


@pytest.mark.usefixtures("tool")
def test_go_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_VERSION", "go1.25.9")
    error = refused(golang.version)
    assert error.code is Exit.PREREQUISITE
    assert "1.26" in str(error)
    assert "go1.25.9" in str(error)


FAILURES = [
    (
        "FAKE_LIST",
        'Get "https://user:planted@proxy.example/x": dial tcp: connect: connection refused',
        "GOPROXY",
    ),
    ("FAKE_BUILD", "write /x: no space left on device", "disk is full"),
    ("FAKE_BUILD", "./main.go:1:2: undefined: x", "undefined: x"),
]


@pytest.mark.parametrize(("step", "output", "sentence"), FAILURES)
def test_a_failure_is_one_sentence_and_the_next_run_goes_on(
    tool: Tool, monkeypatch: pytest.MonkeyPatch, step: str, output: str, sentence: str
) -> None:
    monkeypatch.setenv(step, output)
    error = refused(lambda: build.ensure(tool, "go1.26.8", silent))
    assert sentence in str(error)
    assert "\n" not in str(error)
    assert "planted" not in str(error)
    assert not list((cache_dir() / "toolchain").glob("*tool-*"))
    monkeypatch.delenv(step)
    assert build.ensure(tool, "go1.26.8", silent).is_dir()


@pytest.mark.parametrize(
    ("proxy", "reason"),
    [("http://127.0.0.1:9", "127.0.0.1:9: connect: connection refused"), ("off", "module lookup disabled")],
)
@pytest.mark.parametrize("name", TOOLS)
def test_the_real_go_without_a_registry_ends_in_the_same_sentence(
    name: str, proxy: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in {
        "GOPROXY": proxy,
        "GOPRIVATE": "",
        "GONOPROXY": "",
        "GOMODCACHE": str(tmp_path / "modules"),
        "BLUEOCEAN_CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(variable, value)
    error = refused(lambda: build.ensure(replace(TOOLS[name], disk=1), golang.version(), silent))
    assert error.code is Exit.PREREQUISITE
    assert f"The modules of {name} could not be downloaded, no module registry is reachable" in str(error)
    assert reason in str(error)
    assert "\n" not in str(error)
    assert [path.name for path in (tmp_path / "cache/toolchain").glob("[!.]*")] == ["log"]


def test_a_disk_without_room_is_refused_before_anything_is_built(tool: Tool, tmp_path: Path) -> None:
    greedy = Tool("tool", "v1.0.0", tool.packages, disk=2**60)
    error = refused(lambda: build.ensure(greedy, "go1.26.8", silent))
    assert error.code is Exit.PREREQUISITE
    assert "GiB left" in str(error)
    assert not (tmp_path / "builds").exists()


PROGRAM = """
import sys
from pathlib import Path
from sandbox.toolchain import build
from sandbox.toolchain.tools import Tool
Tool.module = property(lambda _self: Path(sys.argv[1]))
tool = Tool("tool", "v1.0.0", ("example.org/tool",), disk=1)
print(build.ensure(tool, "go1.26.8", lambda text: print(text, file=sys.stderr)))
"""


def start(tool: Tool) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tool.module)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_two_builds_at_once_build_once_and_the_second_says_what_it_waits_for(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "1")
    first = start(tool)
    assert until((tmp_path / "builds").exists, 60, 0.01)
    os.killpg(first.pid, signal.SIGSTOP)  # so that it is not through before the other one has begun
    second = start(tool)
    assert second.stderr
    said = second.stderr.readline()
    os.killpg(first.pid, signal.SIGCONT)
    outputs = [process.communicate(timeout=60) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert outputs[0][0] == outputs[1][0]
    assert builds(tmp_path) == 1
    assert f"waiting for process {first.pid}," in said


def test_a_killed_build_leaves_nothing_that_counts_and_the_next_one_finishes(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "60")
    process = start(tool)
    assert until((tmp_path / "builds").exists, 60, 0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    home = cache_dir() / "toolchain"
    assert not list(home.glob("tool-*"))
    monkeypatch.setenv("FAKE_SECONDS", "0")
    folder = build.ensure(tool, "go1.26.8", silent)
    assert [path.name for path in folder.iterdir()] == ["tool"]
    assert not list(home.glob(".tmp-*"))
