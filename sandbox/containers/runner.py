"""The Job runner's program: follows the pods of Jobs on fake nodes, runs each in a thread (simulated).

It also plays the storage provisioner (`sandbox.containers.claims`).
"""

import argparse
import shutil
import signal
import threading
from pathlib import Path

from sandbox.containers import lookup, services
from sandbox.containers.claims import Provisioner
from sandbox.containers.endpoints import Endpoints
from sandbox.containers.pod import Host, PodRun
from sandbox.containers.probe import serve_health
from sandbox.kube import KubeClient, Object, Store
from sandbox.layout import Layout
from sandbox.settings import Settings, settings_path

_AT_ONCE = 4


class Runner:
    """Which pods run now. A pod is run once, however often its changes are told."""

    def __init__(self, host: Host, nodes: Store) -> None:
        self._host = host
        self._nodes = nodes
        self._runs: dict[str, PodRun] = {}
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._guard = threading.Lock()

    def changed(self, kind: str, pod: Object) -> None:
        """Take note of a pod's change: start it, or end it when it is going away."""
        uid = pod["metadata"]["uid"]
        with self._guard:
            if kind == "DELETED" or "deletionTimestamp" in pod["metadata"]:
                if run := self._runs.pop(uid, None):
                    run.cancelled.set()
            elif uid not in self._runs and self._is_ours(pod):
                self._runs[uid] = run = PodRun(self._host, pod)
                threading.Thread(target=self._run, args=(run,), name=f"pod {uid}", daemon=True).start()

    def _is_ours(self, pod: Object) -> bool:
        owners = pod["metadata"].get("ownerReferences", [])
        node = self._nodes.items.get(("", pod["spec"].get("nodeName", "")))
        fake = (
            node is not None and node["metadata"].get("annotations", {}).get("kwok.x-k8s.io/node") == "fake"
        )
        unfinished = pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}
        return fake and unfinished and any(owner["kind"] == "Job" for owner in owners)

    def _run(self, run: PodRun) -> None:
        with self._slots:
            run.run()


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the sandbox's folder")
    layout = Layout(parser.parse_args().root)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    ports = Settings.load(settings_path(layout)).ports
    client = KubeClient.of(layout, "blueocean:containers")
    shutil.rmtree(layout.run / "jobs", ignore_errors=True)  # of a killed runner; its pods are run again
    known = services.endpoints(ports)

    def endpoints() -> Endpoints:
        outside = services.managed(ports)
        return {**outside, **services.followed(known, lookup.service_from_api(client), lambda: outside)}

    host = Host(layout, client, lookup.from_api(client), endpoints)
    nodes = Store(client, "/api/v1/nodes")
    nodes.start()
    nodes.synced.wait(60)
    pods = Store(client, "/api/v1/pods", Runner(host, nodes).changed)
    pods.start()
    Store(client, "/api/v1/persistentvolumeclaims", Provisioner(client).claim_changed).start()
    serve_health(ports["jobs"], lambda: None if pods.synced.is_set() else "the pods are not listed yet")
    stop.wait()


if __name__ == "__main__":
    main()
