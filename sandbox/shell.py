"""What a shell needs to use the sandbox: programs on PATH, a kubeconfig, environment lines."""

import json
import shlex
import sys
from pathlib import Path

from sandbox.digitalocean.access import TOKEN
from sandbox.files import write_private
from sandbox.forkserver import client
from sandbox.layout import CHECKOUT, Layout
from sandbox.processes.spec import Context
from sandbox.settings import USERS, Settings, settings_path
from sandbox.wheels import postgres_bin

PASSPHRASE = CHECKOUT / "sandbox" / "passphrase"
# name on PATH -> module of ours behind it; stand-ins for plugins that no registry serves
PLUGINS = {
    "pulumi-language-python": "sandbox.plugins.language",
    "pulumi-resource-kubernetes": "sandbox.plugins.kubernetes",
    "pulumi-resource-random": "sandbox.plugins.random",
    "pulumi-resource-digitalocean": "sandbox.plugins.digitalocean",
}
VALKEY_CLI = "sandbox.containers.valkey_cli"
# What a container image of Postgres or Valkey carries besides its own client, as far as Jobs need it.
_BASE_TOOLS = (
    *(
        "sh",
        "bash",
        "awk",
        "base64",
        "cat",
        "cp",
        "cut",
        "date",
        "echo",
        "env",
        "expr",
        "false",
        "grep",
        "head",
    ),
    *(
        "id",
        "ls",
        "mkdir",
        "mktemp",
        "mv",
        "printf",
        "rm",
        "sed",
        "sha256sum",
        "sleep",
        "sort",
        "tail",
        "tee",
    ),
    *("test", "touch", "tr", "true", "wc", "xargs"),
)


def environment(layout: Layout) -> dict[str, str]:
    """Return the variables that make a shell (or a test's subprocess) use this sandbox, PATH aside."""
    return {
        "BLUEOCEAN_SANDBOX": str(layout.root),
        "KUBECONFIG": str(layout.kubeconfig),
        "PULUMI_HOME": str(layout.pulumi / "home"),
        # metadata=skip: the empty metadata file that a killed engine leaves behind can't come into being
        "PULUMI_BACKEND_URL": f"file://{layout.pulumi / 'state'}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(PASSPHRASE),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        # The stand-in of DigitalOcean's API, and the only token that it takes: a real one must not get here.
        "DIGITALOCEAN_API_URL": f"http://127.0.0.1:{_port(layout, 'digitalocean')}",
        "DIGITALOCEAN_TOKEN": TOKEN,
        # Where the dev ports are, and what a `sandbox up` in this shell keeps.
        "BLUEOCEAN_PORT_OFFSET": str(Settings.load(settings_path(layout)).port_offset),
    }


def _port(layout: Layout, name: str) -> int:
    """The port of a process; 0 while the sandbox has never been up."""
    return Settings.load(settings_path(layout)).ports.get(name, 0)


def lines(layout: Layout) -> str:
    """Render `environment` and PATH as shell lines; evaluating them twice changes nothing more."""
    folder = shlex.quote(str(layout.bin))
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment(layout).items()]
    path = f'case ":$PATH:" in *:{folder}:*) ;; *) export PATH={folder}:"$PATH" ;; esac'
    return "\n".join([*exports, path]) + "\n"


def kubeconfig(port: int, authority: Path, token: str) -> str:
    """Render a kubeconfig (JSON, which is YAML) for one user."""
    server = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(authority)}
    name = "blueocean-sandbox"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": server}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
    return json.dumps(document, indent=2) + "\n"


def write_kubeconfigs(context: Context) -> None:
    """Write the administrator's kubeconfig and one for each control-plane process."""
    port, authority = context.port("kube-apiserver"), context.layout.pki / "ca.crt"
    tokens = context.credentials.tokens
    write_private(context.layout.kubeconfig, kubeconfig(port, authority, tokens["blueocean:admin"]))
    for user in USERS:
        write_private(Path(context.kubeconfig(user)), kubeconfig(port, authority, tokens[user]))


def write_tools(context: Context) -> None:
    """Write the wrappers on PATH, those of simulated containers, and the `env` file."""
    layout = context.layout
    ours = {"PYTHONPATH": str(CHECKOUT)}  # serves a copy of the checkout that was never installed, too
    forks = {client.SERVER: str(layout.fork_server)}
    for name, module in PLUGINS.items():
        _wrapper(layout.bin / name, (sys.executable, "-IS", client.__file__, module), {**ours, **forks})
    for name in ("pulumi", "kubectl", "pulumi-language-python-exec"):
        _link(layout.bin / name, context.programs[name])
    for folder in (layout.bin, layout.container_bin):
        _wrapper(folder / "valkey-cli", (sys.executable, "-m", VALKEY_CLI), ours)
        for name in ("psql", "pg_isready", "pg_dump", "pg_restore"):
            _wrapper(folder / name, (str(postgres_bin() / name),), {})
    for name in _BASE_TOOLS:
        source = next((Path(d) / name for d in ("/usr/bin", "/bin") if (Path(d) / name).exists()), None)
        if source:
            _link(layout.container_bin / name, source)
    write_private(layout.env, lines(layout))


def _wrapper(path: Path, command: tuple[str, ...], environment: dict[str, str]) -> None:
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in environment.items())
    write_private(path, f'#!/bin/sh\n{settings}exec {shlex.join(command)} "$@"\n', 0o700)


def _link(path: Path, target: Path) -> None:
    if path.is_symlink() and path.readlink() == target:
        return
    path.unlink(missing_ok=True)
    path.symlink_to(target)
