"""How the language host starts programs and packs."""

from pathlib import Path

import pytest
from pulumi.runtime.proto import language_pb2

from catalogue.load import CHECKOUT
from sandbox.plugins.children import Children
from sandbox.plugins.program import (
    plugin_command,
    plugin_environment,
    program_command,
    program_environment,
    python_of,
)

CLIENT = str(CHECKOUT / "sandbox" / "forkserver" / "client.py")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    binary = tmp_path / ".venv" / "bin" / "python"
    binary.parent.mkdir(parents=True)
    binary.touch()
    return binary


def test_the_interpreter_is_the_projects(tmp_path: Path, python: Path) -> None:
    assert python_of(tmp_path, {}) == python
    nested = tmp_path / "nexia"
    nested.mkdir()
    assert python_of(nested, {"virtualenv": "../.venv"}).resolve() == python.resolve()
    with pytest.raises(FileNotFoundError, match="run `uv sync`"):
        python_of(nested, {})


def test_the_program_gets_its_stack(tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = tmp_path / "pulumi-language-python-exec"
    runner.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    info = language_pb2.ProgramInfo(root_directory="/root", program_directory="/root/sub", entry_point=".")
    request = language_pb2.RunRequest(
        project="p",
        stack="s",
        pwd="/root",
        dryRun=True,
        parallel=4,
        monitor_address="m:1",
        info=info,
        args=["x"],
    )
    request.config["p:key"] = "value"
    request.configSecretKeys.append("p:key")
    command = program_command(python, request, "e:2")
    assert command[:4] == [str(python), "-IS", CLIENT, str(runner)]
    assert command[-2:] == ["/root/sub", "x"]
    assert command[command.index("--dry_run") + 1] == "true"
    assert command[command.index("--engine") + 1] == "e:2"
    env = program_environment(python, request)
    assert env["PULUMI_CONFIG"] == '{"p:key": "value"}'
    assert env["PULUMI_CONFIG_SECRET_KEYS"] == '["p:key"]'
    assert env["PATH"].startswith(str(python.parent))
    assert "PYTHONDONTWRITEBYTECODE" not in env
    runner.unlink()
    with pytest.raises(FileNotFoundError, match="sandbox env"):
        program_command(python, request, "e:2")


def test_a_pack_runs_as_the_sdk_wants_it() -> None:
    info = language_pb2.ProgramInfo(program_directory="/pack")
    request = language_pb2.RunPluginRequest(kind="analyzer", info=info, args=["127.0.0.1:1"])
    start = ["py", "-IS", CLIENT]
    assert plugin_command(Path("py"), request) == [*start, "pulumi.policy", "127.0.0.1:1", "/pack"]
    request.kind = "resource"
    assert plugin_command(Path("py"), request) == [*start, "/pack", "127.0.0.1:1"]


def test_a_plugin_gets_what_the_engine_says_with_bytecode_and_the_fork_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = language_pb2.RunPluginRequest(env=["A=1=2", "PYTHONDONTWRITEBYTECODE=1"])
    monkeypatch.setenv("B", "not said")
    monkeypatch.delenv("BLUEOCEAN_FORK_SERVER", raising=False)
    assert plugin_environment(request) == {"A": "1=2"}
    monkeypatch.setenv("BLUEOCEAN_FORK_SERVER", "/socket")
    assert plugin_environment(request) == {"A": "1=2", "BLUEOCEAN_FORK_SERVER": "/socket"}


def test_children_stream_and_end() -> None:
    children = Children()
    process = children.start(
        ["sh", "-c", "echo out; echo err >&2; exit 3"], cwd="/", env={"PATH": "/bin:/usr/bin"}
    )
    assert sorted(children.output(process)) == [("stderr", b"err\n"), ("stdout", b"out\n")]
    assert process.wait() == 3
    lasting = children.start(["sleep", "60"], cwd="/", env={"PATH": "/bin:/usr/bin"})
    children.end_all()
    assert lasting.wait(60) != 0
    for pipe in (process.stdout, process.stderr, lasting.stdout, lasting.stderr):
        assert pipe is not None
        pipe.close()
