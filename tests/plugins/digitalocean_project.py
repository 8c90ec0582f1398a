"""A scratch project against a DigitalOcean stand-in of the test's own; no cluster is needed."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from sandbox.digitalocean.access import TOKEN
from sandbox.digitalocean.account import Account
from sandbox.digitalocean.quota import Quota
from sandbox.digitalocean.server import Server
from tests.commands import write_program
from tests.conftest import without_automatic_log
from tests.plugins.harness import CHECKOUT

LIMIT = 120  # seconds for one command of the engine
PREAMBLE = """
import pulumi
import pulumi_digitalocean as do
from pulumi import ResourceOptions as Options

provider = do.Provider("account")
mine = Options(provider=provider)


def registry(tier="professional", name="blueocean", opts=None):
    return do.ContainerRegistry("registry", name=name, subscription_tier_slug=tier, region="fra1",
        opts=Options.merge(mine, opts))


def postgres(size="db-s-1vcpu-1gb", version="17", name="central", opts=None):
    return do.DatabaseCluster("postgres", name=name, engine="pg", version=version, size=size, region="fra1",
        node_count=1, opts=Options.merge(mine, opts))

"""


@dataclass(frozen=True)
class Api:
    """The stand-in's API, spoken to as somebody else would."""

    port: int

    def call(self, method: str, path: str, body: object = None, token: str = TOKEN) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx2.request(method, url, headers=headers, json=body, timeout=10)


@contextmanager
def serving(state: Path, quota: Quota | None = None, port: int = 0) -> Iterator[Api]:
    server = Server(port, Account(state), quota or Quota())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Api(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Project:
    """A scratch project and its stack `dev`."""

    folder: Path
    env: dict[str, str]

    def __post_init__(self) -> None:
        state = self.folder / "state"
        state.mkdir(parents=True)
        self.env = {
            **self.env,
            "PULUMI_BACKEND_URL": f"file://{state}?metadata=skip",
            "PULUMI_HOME": str(self.folder / "home"),
            "NO_COLOR": "1",
        }
        without_automatic_log(self.folder / "home")
        options = {"toolchain": "uv", "virtualenv": str(CHECKOUT / ".venv")}
        project = {"name": "scratch", "runtime": {"name": "python", "options": options}}
        (self.folder / "Pulumi.yaml").write_text(json.dumps(project))
        self.ok("stack", "init", "dev")

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *args, "--non-interactive"],
            cwd=self.folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LIMIT,
            check=False,
        )

    def ok(self, *args: str) -> str:
        ran = self.run(*args)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def write(self, program: str, preamble: str = PREAMBLE) -> None:
        write_program(self.folder / "__main__.py", preamble + program)

    def up(self, program: str, *args: str) -> str:
        self.write(program)
        return self.ok("up", "--yes", "--skip-preview", *args)

    def failed_up(self, program: str) -> str:
        self.write(program)
        ran = self.run("up", "--yes", "--skip-preview")
        assert ran.returncode != 0, ran.stdout
        return ran.stdout

    def state(self) -> dict[str, dict[str, Any]]:
        resources = json.loads(self.ok("stack", "export"))["deployment"].get("resources", [])
        return {item["urn"].rpartition("::")[2]: item for item in resources}

    def texts(self) -> str:
        """Everything that the engine has written."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return "\n".join(path.read_bytes().decode(errors="replace") for path in files)
