"""The real engine on a copy of the programs and their data, against one sandbox for all tests of a worker."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from bench.generate import copy_program
from tests.commands import QUIET, Done, run
from tests.conftest import FINAL_STATE_ONLY, RunningSandbox
from tests.leftovers import MARK, marked

CHECKOUT = Path(__file__).resolve().parents[2]
LIMIT = 240
"""Seconds that any one command may take."""
PROJECTS = {"dev": "blueocean", "nexia-dev": "nexia"}
Object = dict[str, Any]


class Checkout:
    """A copy of what makes the stacks, so that a test may edit it; `dev` and `nexia-dev` name its stacks."""

    def __init__(self, root: Path, sandbox: RunningSandbox) -> None:
        self.root, self.sandbox = root, sandbox
        self.state = sandbox.root / "pulumi" / "state" / ".pulumi"
        self._clean: set[str] = set()
        copy_program(root)
        for stack in PROJECTS:
            self.pulumi(stack, "stack", "init", "dev", "--non-interactive", plain=True)

    def pulumi(
        self,
        stack: str,
        *words: str,
        code: int | None = 0,
        env: dict[str, str] | None = None,
        plain: bool = False,
        checkpoints: bool = False,
    ) -> Done:
        """Run the engine and check its exit code (None: any); what ends by itself needs no checkpoints."""
        chosen = () if plain else ("--stack", "dev")
        command = ["pulumi", *words, *chosen]
        kept = {} if checkpoints else FINAL_STATE_ONLY
        return self.run(command, self.folder(stack), code=code, env=kept | (env or {}))

    def run(
        self,
        command: list[str],
        folder: Path | None = None,
        *,
        code: int | None = 0,
        env: dict[str, str] | None = None,
    ) -> Done:
        """Run a command in the sandbox's environment."""
        return run(command, folder or self.root, self.sandbox.env | (env or {}), code, LIMIT)

    def start(self, stack: str, *words: str) -> subprocess.Popen[str]:
        """Start the engine in a process group of its own, its state written after every step."""
        return subprocess.Popen(
            ["pulumi", *words, "--stack", "dev"],
            cwd=self.folder(stack),
            env=self.sandbox.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def recover(
        self, stack: str, *words: str, code: int | None = 0, env: dict[str, str] | None = None
    ) -> Done:
        """Run `blueocean recover` on one of this copy's stacks."""
        command = [
            str(CHECKOUT / ".venv/bin/blueocean"),
            "recover",
            "dev",
            "--project",
            str(self.folder(stack)),
        ]
        return self.run([*command, *words], code=code, env=env)

    def hold(self, *apps: str) -> None:
        """Have the copy's catalogue hold these apps, all of them when none is named; `up` makes it so."""
        for source in (CHECKOUT / "catalogue" / "apps").glob("*.yaml"):
            file = self.root / source.relative_to(CHECKOUT)
            if (wanted := not apps or source.stem in apps) != file.exists():
                self.changed("dev")
                shutil.copy(source, file) if wanted else file.unlink()

    def up(self, *stacks: str) -> None:
        """Bring stacks up, those that are known to be up aside."""
        for stack in stacks:
            if stack not in self._clean:
                self.pulumi(stack, "up", *QUIET)
                self._clean.add(stack)

    def changed(self, *stacks: str) -> None:
        """Tell that a test left a stack other than it was."""
        self._clean -= set(stacks)

    def folder(self, stack: str) -> Path:
        """Return where a stack's project lies."""
        return self.root / "nexia" if stack == "nexia-dev" else self.root

    def checkpoint(self, stack: str) -> bytes:
        """Return a stack's checkpoint file as it lies."""
        return (self.state / "stacks" / PROJECTS[stack] / "dev.json").read_bytes()

    def latest(self, stack: str) -> Object:
        """Return a stack's state, decoded."""
        return latest(self.checkpoint(stack))

    def pending(self, stack: str) -> list[Object]:
        """Return the operations that are under way, or were cut off."""
        return pending(self.checkpoint(stack))

    def locks(self, stack: str) -> list[Path]:
        """Return the lock files of a stack."""
        return list((self.state / "locks" / "organization" / PROJECTS[stack] / "dev").glob("*"))

    def get(self, port: int, path: str = "/") -> tuple[int, str]:
        """Ask a dev port of this sandbox, as a browser on this machine would; 0 when nobody answers."""
        address = f"http://127.0.0.1:{port + self.sandbox.port_offset}{path}"
        request = urllib.request.Request(address, headers={"Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  http to loopback, above
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def objects(self, stack: str) -> list[Object]:
        """Return the live objects with a stack's label and its mark, what others derive from them aside."""
        return [item for item in self.labelled(stack) if marked(item)]

    def labelled(self, stack: str) -> list[Object]:
        """Return all live objects with a stack's label, what others derive from them included."""
        return self.sandbox.cluster.labelled(f"blueocean.io/stack={PROJECTS[stack]}.dev")

    def versions(self, stack: str) -> dict[str, str]:
        """Return the version of each live object of a stack."""
        return {identity(item): version(item) for item in self.objects(stack)}

    def plugins(self) -> list[psutil.Process]:
        """Return the plugins and programs that run for this sandbox's engines."""
        home = self.sandbox.env["PULUMI_HOME"]
        return [process for process in psutil.process_iter() if _is_plugin(process, home)]


def latest(checkpoint: bytes) -> Object:
    """Return the state in a checkpoint file, decoded."""
    state: Object = json.loads(checkpoint)["checkpoint"].get("latest") or {}
    return state


def pending(checkpoint: bytes) -> list[Object]:
    """Return the operations in a checkpoint file that are under way, or were cut off."""
    # Asked many times a second, and most often there are none.
    if b'"pending_operations"' not in checkpoint:
        return []
    return latest(checkpoint).get("pending_operations") or []


def mark(item: Object) -> str:
    """Return the URN that an object belongs to."""
    urn: str = (item["metadata"].get("annotations") or {}).get(MARK, "")
    return urn


def identity(item: Object) -> str:
    """Return kind, namespace and name."""
    metadata = item["metadata"]
    return f"{item['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def version(item: Object) -> str:
    """Return what a write changes; what a controller says in a status is none, and may come late.

    A quota's follows what it counts, and a Deployment's its old pods, also after an update has ended.
    """
    metadata = item["metadata"]
    if "status" not in item:
        return str(metadata["resourceVersion"])
    writers = [one for one in metadata.get("managedFields", ()) if "subresource" not in one]
    written = metadata | {"managedFields": writers, "resourceVersion": None}
    return json.dumps(item | {"metadata": written, "status": None}, sort_keys=True)


def kill(process: subprocess.Popen[str]) -> None:
    """End an engine at once, its plugins left to themselves."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=LIMIT)
    assert process.stdout
    process.stdout.close()


def until(condition: Callable[[], object], seconds: float = 30.0, step: float = 0.05) -> bool:
    """Wait for a condition; return whether it came true in time."""
    end = time.monotonic() + seconds
    while not (found := bool(condition())) and time.monotonic() < end:
        time.sleep(step)
    return found


def files_below(*folders: Path) -> Iterator[Path]:
    """Yield every regular file."""
    for folder in folders:
        for path, _, names in os.walk(folder):
            yield from (Path(path, name) for name in names if Path(path, name).is_file())


def _is_plugin(process: psutil.Process, home: str) -> bool:
    try:
        words = " ".join(process.cmdline())
        ours = "sandbox.plugins." in words or "pulumi-language-python-exec" in words
        return (
            ours and process.status() != psutil.STATUS_ZOMBIE and process.environ().get("PULUMI_HOME") == home
        )
    except (psutil.Error, OSError):
        return False
