"""One pod of a Job, from start to end.

Init containers run first, then the containers, one after the other: a Job whose containers talk to each
other while
they run is beyond this stand-in.
"""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.containers import endpoints, process, services, status
from sandbox.containers.endpoints import Endpoints
from sandbox.containers.environment import ConfigError, Lookup, expand, resolve
from sandbox.containers.volumes import materialise, mounts, rewrite
from sandbox.identity import MARKER
from sandbox.kube import KubeClient, KubeError, Object
from sandbox.layout import Layout
from sandbox.unprivileged import hand_over

_RETRY = 1.0
_LONGEST_PAUSE = 10.0
_MESSAGE = 2000


@dataclass(frozen=True)
class Host:
    """What pods need of this machine."""

    layout: Layout
    client: KubeClient
    lookup: Lookup
    endpoints: Callable[[], Endpoints]
    """Where names of servers lead at the moment."""


class PodRun:
    """Runs one pod; `cancelled` ends it early, without a further word to the API server."""

    def __init__(self, host: Host, pod: Object) -> None:
        self.cancelled = threading.Event()
        self._host = host
        self._pod = pod
        metadata = pod["metadata"]
        self._folder = host.layout.run / "jobs" / metadata["uid"]
        job = metadata["ownerReferences"][0]["name"]
        self._log = host.layout.log / "jobs" / metadata["namespace"] / job / f"{metadata['name']}.log"

    def run(self) -> None:
        """Run to the end and report it; what fails under OnFailure is started again, ever more slowly."""
        restarts = 0
        try:
            while not self.cancelled.is_set():
                ends = self._attempt(restarts)
                again = self._restarts() and any(end.code for end in ends.values())
                self._report(status.finished(self._pod, ends, final=not again, restarts=restarts))
                if not again:
                    return
                restarts += 1
                self.cancelled.wait(min(_LONGEST_PAUSE, 2.0 ** (restarts - 1)))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _restarts(self) -> bool:
        return bool(self._pod["spec"].get("restartPolicy") == "OnFailure")

    def _attempt(self, restarts: int) -> dict[str, status.Ended]:
        spec = self._pod["spec"]
        ends: dict[str, status.Ended] = {}
        commands = self._prepare()
        if commands is None:
            return ends
        self._report(status.running(self._pod, restarts))
        for name, command in commands.items():
            began = status.now()
            code = process.run(command, self.cancelled, spec.get("activeDeadlineSeconds"))
            message = "" if code == 0 else _tail(command.log)
            ends[name] = status.Ended(code, began, status.now(), message)
            if code:
                break
        return ends

    def _prepare(self) -> dict[str, process.Command] | None:
        """Make volumes and commands, waiting for what is missing; None when cancelled meanwhile."""
        while not self.cancelled.is_set():
            try:
                self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                claims = self._host.layout.data / "claims"
                secrets = materialise(self._pod, self._folder, self._host.lookup, claims)
                spec = self._pod["spec"]
                containers = [*spec.get("initContainers", []), *spec["containers"]]
                found = {one["name"]: self._command(one, secrets) for one in containers}
                hand_over([self._folder, *self._folder.rglob("*")])
            except ConfigError as error:
                self._report(status.waiting(self._pod, "CreateContainerConfigError", str(error)))
            except OSError as error:  # a full disk, first of all
                told = f"{error.filename or self._folder}: {error.strerror}"
                self._report(status.waiting(self._pod, "CreateContainerError", told))
            except KubeError:
                pass  # the API server is away; try again
            else:
                return found
            self.cancelled.wait(_RETRY)
        return None

    def _command(self, container: Object, secrets: set[str]) -> process.Command:
        environment = resolve(self._pod, container, self._host.lookup)
        known = self._host.endpoints()
        mounted = mounts(container, self._folder)
        values = {
            name: rewrite(value, mounted)
            for name, value in services.localise(environment.values, known).items()
        }
        words = [*container.get("command", []), *container.get("args", [])]
        if not container.get("command"):
            raise ConfigError(
                f"container {container['name']} names no command, and no image is pulled to take one from"
            )
        argv = [rewrite(expand(word, values), mounted) for word in words]
        folder = Path(rewrite(container.get("workingDir", str(self._folder)), mounted))
        system = {
            "PATH": str(self._host.layout.container_bin),
            "HOME": str(self._folder),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            "HOSTNAME": self._pod["metadata"]["name"],
            endpoints.VARIABLE: endpoints.text(known),
            MARKER: f"{self._host.layout.root}#jobs",
        }
        return process.Command(argv, {**system, **values}, folder, self._log, secrets | environment.secrets)

    def _report(self, document: Object) -> None:
        """Tell the API server, again and again until it listens; a pod that is gone needs no report."""
        metadata = self._pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/status"
        body: Object = {"metadata": {"uid": metadata["uid"]}, "status": document}
        while not self.cancelled.is_set():
            try:
                self._host.client.request("PATCH", path, body, "application/strategic-merge-patch+json")
            except KubeError as error:
                if error.status in {404, 409}:
                    self.cancelled.set()
                self.cancelled.wait(_RETRY)
            else:
                return


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_MESSAGE:] if log.exists() else ""
