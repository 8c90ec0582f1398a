"""`sandbox deploy`."""

import json
import os
import signal
import subprocess
from pathlib import Path

import typer

from sandbox import devports, lifecycle, shell
from sandbox.commands.common import layout, say
from sandbox.commands.status import conditions, verdict
from sandbox.errors import Exit, SandboxError
from sandbox.layout import CHECKOUT

STACK = "dev"
# Each is a Pulumi project of its own; neither knows the other.
PROJECTS = (CHECKOUT, CHECKOUT / "nexia")


def command() -> None:
    """Run `pulumi up` of the dev stacks in the sandbox and print where everything answers.

    A cut-off run goes on with the next one; after a hard kill, `blueocean recover STACK` cleans up first.
    """
    context = lifecycle.context_of(layout())
    if verdict(conditions(context)) is not Exit.OK:
        raise SandboxError("The sandbox is not up; run `sandbox up` first.", Exit.DOWN)
    environment = {**os.environ, **shell.environment(context.layout)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the program starts two to three times faster with it
    environment["PATH"] = f"{context.layout.bin}{os.pathsep}{environment['PATH']}"
    for project in PROJECTS:
        say(f"pulumi up of {project.name} ({STACK})")
        _pulumi(project, environment, "stack", "select", "--create", STACK)
        _pulumi(project, environment, "up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", STACK)
    for line in summary([_urls(project, environment) for project in PROJECTS], context.settings.port_offset):
        typer.echo(line)


def summary(found: list[dict[str, dict[str, str]]], offset: int) -> list[str]:
    """Return a line for every component's address, and how to go on."""
    lines = []
    for urls in found:
        for app, components in sorted(urls.items()):
            for component, url in sorted(components.items()):
                host, _, port = url.rpartition(":")
                lines.append(f"{app:12} {component:12} {host}:{int(port) + offset}")
    ingress = devports.INGRESS + offset
    return [
        *lines,
        f"hosts: http://localhost:{ingress} by the Host header, such as <app>.dev.localhost",
        'in a shell: eval "$(uv run sandbox env)", then pulumi, kubectl and psql use this sandbox',
    ]


def _pulumi(project: Path, environment: dict[str, str], *arguments: str) -> None:
    """Run the engine to its end, also through a Ctrl-C: it then stops by itself and releases its lock."""
    before = signal.signal(signal.SIGINT, lambda *_: say("interrupted; the engine stops cleanly"))
    try:
        done = subprocess.Popen(["pulumi", *arguments], cwd=project, env=environment)
        code = done.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        raise SandboxError(
            f"`pulumi {' '.join(arguments)}` in {project.name} ended with code {code}; its message stands "
            "above, and the next `sandbox deploy` goes on from where it stopped."
        )


def _urls(project: Path, environment: dict[str, str]) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        ["pulumi", "stack", "output", "--json", "--stack", STACK],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    urls: dict[str, dict[str, str]] = json.loads(done.stdout).get("urls", {})
    return urls
