"""One request to one component: which answer it gets. Faults to inject would wrap `Answering.answer`."""

import threading
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

from sandbox.containers import checks, page, services
from sandbox.containers.endpoints import Endpoints
from sandbox.containers.environment import ConfigError, Lookup, resolve
from sandbox.containers.page import Answer
from sandbox.containers.view import Backend
from sandbox.kube import KubeError

HEALTH = "/api/health"


class Answering:
    """Answers as a component, and counts what it answered."""

    def __init__(self, lookup: Lookup, endpoints: Callable[[], Endpoints]) -> None:
        self._lookup = lookup
        self._endpoints = endpoints
        self._guard = threading.Lock()
        self._requests: Counter[tuple[tuple[str, str], int]] = Counter()
        self._health: Counter[tuple[tuple[str, str], str]] = Counter()

    def answer(self, backend: Backend, path: str, home: str, *, as_json: bool) -> Answer:
        """Answer `path`; `home` is where the component's page is: `/` or its route's prefix."""
        found = self._answer(backend, path, home, as_json=as_json)
        with self._guard:
            self._requests[backend.key, found.status.value] += 1
        return found

    def _answer(self, backend: Backend, path: str, home: str, *, as_json: bool) -> Answer:
        if path == "/metrics":
            return Answer(HTTPStatus.OK, self._metrics(backend), "text/plain; version=0.0.4; charset=utf-8")
        if not backend.ready:
            return page.unavailable(backend, as_json=as_json or path == HEALTH)
        if path == HEALTH or path in backend.probe_paths():
            return self._healthy(backend)
        if path == backend.status_path():
            return page.state(backend)
        if path.rstrip("/") in {"", home.rstrip("/")}:
            return page.component(backend, as_json=as_json)
        hint = ", ".join(filter(None, (home, HEALTH, backend.status_path(), "/metrics")))
        return page.missing(f"{path} is not among what this component answers", hint, as_json=as_json)

    def _healthy(self, backend: Backend) -> Answer:
        """Ask the component's database and cache, with the credentials of its first Ready pod."""
        pod = backend.ready[0]
        try:
            environment = resolve(pod, pod["spec"]["containers"][0], self._lookup).values
            results = checks.check(services.localise(environment, self._endpoints()))
        except ConfigError as error:
            results = {"configuration": str(error)}
        except KubeError:
            results = {"configuration": "the API server does not answer"}
        good = all(result == "ok" for result in results.values())
        with self._guard:
            self._health[backend.key, "ok" if good else "failed"] += 1
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        known = backend.describe()
        return page.document(status, {"status": "ok" if good else "failed", **known, "checks": results})

    def _metrics(self, backend: Backend) -> str:
        known = backend.describe()
        labels = ",".join(f'{name}="{value}"' for name, value in known.items())
        with self._guard:
            requests = {code: n for (key, code), n in self._requests.items() if key == backend.key}
            health = {result: n for (key, result), n in self._health.items() if key == backend.key}
        lines = [
            "# HELP up Whether a pod is Ready.",
            "# TYPE up gauge",
            f"up{{{labels}}} {int(bool(backend.ready))}",
        ]
        lines += ["# HELP blueocean_ready_pods Ready pods.", "# TYPE blueocean_ready_pods gauge"]
        lines += [f"blueocean_ready_pods{{{labels}}} {len(backend.ready)}"]
        lines += ["# HELP http_requests_total Answers by status.", "# TYPE http_requests_total counter"]
        lines += [
            f'http_requests_total{{{labels},code="{code}"}} {n}' for code, n in sorted(requests.items())
        ]
        lines += [
            "# HELP blueocean_health_checks_total Health answers.",
            "# TYPE blueocean_health_checks_total counter",
        ]
        lines += [
            f'blueocean_health_checks_total{{{labels},result="{r}"}} {n}' for r, n in sorted(health.items())
        ]
        return "\n".join(lines) + "\n"
