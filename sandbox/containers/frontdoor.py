"""The app servers' program: listens where Services and Ingresses want it, answers as the component."""

import argparse
import functools
import signal
import threading
from pathlib import Path

from catalogue.ingress import INGRESS
from sandbox.containers import lookup, page, services, view
from sandbox.containers.answering import Answering
from sandbox.containers.endpoints import Endpoints
from sandbox.containers.listener import Listener, Request
from sandbox.containers.page import Answer
from sandbox.containers.probe import serve_health
from sandbox.kube import KubeClient, Store, key_of
from sandbox.layout import Layout
from sandbox.ports import holder
from sandbox.settings import Settings, settings_path

_LOOK_AGAIN = 2.0


class FrontDoor:
    """Keeps the open ports equal to what the cluster asks for."""

    def __init__(self, client: KubeClient, settings: Settings) -> None:
        self._offset = settings.port_offset
        self._known, self._ports = services.endpoints(settings.ports), settings.ports
        self._answering = Answering(lookup.from_api(client), self._endpoints)
        self._changed = threading.Event()
        self._pods = Store(client, "/api/v1/pods")
        self._services = Store(client, "/api/v1/services", lambda *_: self._changed.set())
        self._ingresses = Store(client, "/apis/networking.k8s.io/v1/ingresses")
        self._listeners: dict[int, tuple[tuple[str, str], Listener]] = {}
        self._taken: dict[int, str] = {}
        self._stop = threading.Event()
        self.stores = (self._pods, self._services, self._ingresses)

    def stop(self) -> None:
        """Make `run` return."""
        self._stop.set()
        self._changed.set()

    def run(self) -> None:
        """Follow the cluster until told to stop."""
        for store in self.stores:
            store.start()
        self._listeners[INGRESS + self._offset] = (("", ""), self._open_ingress())
        while not self._stop.is_set():
            self._changed.wait(_LOOK_AGAIN)
            self._changed.clear()
            self._reconcile()

    def trouble(self) -> str | None:
        """Return None when all ports are open, else who has the others."""
        waiting = [store for store in self.stores if not store.synced.is_set()]
        if waiting:
            return "the cluster's objects are not listed yet"
        return "; ".join(self._taken.values()) or None

    def _open_ingress(self) -> Listener:
        port = INGRESS + self._offset
        while True:
            try:
                listener = Listener(port, self._by_host)
            except OSError:
                self._taken[port] = f"port {port} is held by {holder(port)}"
                if self._stop.wait(_LOOK_AGAIN):
                    raise
            else:
                self._taken.pop(port, None)
                return listener

    def _reconcile(self) -> None:
        wanted: dict[int, tuple[str, str]] = {}
        for service in sorted(self._services.values(), key=key_of):
            if port := view.dev_port(service, self._offset):
                wanted.setdefault(port, key_of(service))
        wanted[INGRESS + self._offset] = ("", "")
        for port, (key, listener) in list(self._listeners.items()):
            if wanted.get(port) != key:
                listener.close()
                del self._listeners[port]
        taken = {}
        for port, key in wanted.items():
            if port not in self._listeners and (who := self._open(port, key)):
                taken[port] = f"port {port} of {key[0]}/{key[1]} is held by {who}"
        self._taken = taken  # at once: who asks meanwhile is told what the last look found

    def _open(self, port: int, key: tuple[str, str]) -> str | None:
        """Listen on a port; return who has it when that cannot be."""
        try:
            self._listeners[port] = key, Listener(port, functools.partial(self._by_port, key))
        except OSError:
            return holder(port)
        return None

    def _endpoints(self) -> Endpoints:
        found = self._services.items
        return services.followed(
            self._known, lambda *key: found.get(key), lambda: services.managed(self._ports)
        )

    def _by_port(self, key: tuple[str, str], request: Request) -> Answer:
        return self._as_service(key, request, "/")

    def _by_host(self, request: Request) -> Answer:
        found = view.routes(self._ingresses.values())
        route = view.pick(found, request.host, request.path)
        if route is None:
            known = ", ".join(sorted({one.host for one in found})) or "none yet"
            what = f"no route for {request.host}{request.path}"
            return page.missing(what, f"hosts: {known}", as_json=request.as_json)
        if route.secure_only and not request.secure:
            query = f"?{request.query}" if request.query else ""
            return page.moved(f"https://{route.host}{request.path}{query}")
        return self._as_service(route.service, request, route.prefix)

    def _as_service(self, key: tuple[str, str], request: Request, home: str) -> Answer:
        service = self._services.items.get(key)
        if service is None:
            what = f"the Service {key[0]}/{key[1]} does not exist"
            return page.missing(what, "", as_json=request.as_json)
        backend = view.backend(service, self._pods.values())
        return self._answering.answer(backend, request.path, home, as_json=request.as_json)


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the sandbox's folder")
    layout = Layout(parser.parse_args().root)
    settings = Settings.load(settings_path(layout))
    door = FrontDoor(KubeClient.of(layout, "blueocean:containers"), settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: door.stop())
    serve_health(settings.ports["apps"], door.trouble)
    door.run()


if __name__ == "__main__":
    main()
