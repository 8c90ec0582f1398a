"""The command lines and environments with which programs and policy packs run."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from sandbox.forkserver import client
from sandbox.plugins.protocol import without_sdk

with without_sdk():
    from pulumi.runtime.proto import language_pb2

RUNNER = "pulumi-language-python-exec"
BAIL = 32  # the runner's exit code for "the error has been shown already"


def python_of(root: Path, options: dict[str, Any]) -> Path:
    """The interpreter that `runtime.options.virtualenv` of the project in `root` names (default `.venv`).

    Raises FileNotFoundError, with the cure, when there is none.
    """
    folder = root / str(options.get("virtualenv", ".venv"))
    python = folder / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"There is no Python environment at {folder}: run `uv sync` in the checkout.")
    return python


def program_command(python: Path, request: language_pb2.RunRequest, engine: str) -> list[str]:
    """The runner's command line; raises FileNotFoundError, with the cure, when the runner is not on PATH."""
    runner = shutil.which(RUNNER)
    if runner is None:
        raise FileNotFoundError(f'{RUNNER} is not on PATH: run `eval "$(uv run sandbox env)"` first.')
    settings = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "stack": request.stack,
        "organization": request.organization,
    }
    flags = [part for key, value in settings.items() for part in (f"--{key}", value)]
    program = Path(request.info.program_directory) / request.info.entry_point
    return [*_interpreter(python), runner, *flags, str(program.resolve()), *request.args]


def program_environment(python: Path, request: language_pb2.RunRequest) -> dict[str, str]:
    """Our own environment, the interpreter's folder first on PATH, and the stack's configuration.

    Without bytecode a program's imports take two to three times as long, so the switch that some shells set
    against it does not pass.
    """
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
    }
    env["VIRTUAL_ENV"] = str(python.parent.parent)
    env["PATH"] = os.pathsep.join([str(python.parent), env.get("PATH", "")])
    env["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    env["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
    return env


def plugin_command(python: Path, request: language_pb2.RunPluginRequest) -> list[str]:
    """The command line of a plugin written in Python: a policy pack (kind `analyzer`) or any other."""
    folder = request.info.program_directory
    if request.kind == "analyzer":
        return [*_interpreter(python), "pulumi.policy", *request.args, folder]
    return [*_interpreter(python), folder, *request.args]


def plugin_environment(request: language_pb2.RunPluginRequest) -> dict[str, str]:
    """What the engine asks for, bytecode allowed, and where the fork server is."""
    env = dict(item.split("=", 1) for item in request.env)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if server := os.environ.get(client.SERVER):
        env[client.SERVER] = server
    return env


def _interpreter(python: Path) -> list[str]:
    """What runs a module or a script without buffering its output: a fork with the SDKs, or `python -u`."""
    return [str(python), "-IS", client.__file__]
