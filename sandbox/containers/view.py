"""Which component answers where: Services, their Ready pods, the routes to them. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.kube import Object, key_of

DEV_PORT = "blueocean.io/dev-port"
STATUS_PATH = "blueocean.io/status-path"
_PART_OF = "app.kubernetes.io/part-of"
_COMPONENT = "app.kubernetes.io/component"
_VERSION = "app.kubernetes.io/version"
_ENVIRONMENT = "blueocean.io/environment"
# How an Ingress asks for TLS only; each controller has its own word for it.
_REDIRECTS = {
    "ingress.cilium.io/force-https": "enabled",
    "ingress.kubernetes.io/force-ssl-redirect": "true",
}


@dataclass(frozen=True)
class Backend:
    """A Service as the component behind it, and those of its pods that are Ready."""

    service: Object
    ready: tuple[Object, ...]
    total: int

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name of the Service."""
        return key_of(self.service)

    def describe(self) -> dict[str, str]:
        """Return app, component, environment and version; the version is what the Ready pods say."""
        labels = self.service["metadata"].get("labels", {})
        versions = sorted({pod["metadata"].get("labels", {}).get(_VERSION, "unknown") for pod in self.ready})
        return {
            "app": labels.get(_PART_OF, "unknown"),
            "component": labels.get(_COMPONENT, self.key[1]),
            "environment": labels.get(_ENVIRONMENT, "unknown"),
            "version": ", ".join(versions) or labels.get(_VERSION, "unknown"),
        }

    def status_path(self) -> str | None:
        """Return where the component tells its own state, if it does."""
        found: str | None = self.service["metadata"].get("annotations", {}).get(STATUS_PATH)
        return found

    def probe_paths(self) -> set[str]:
        """Return the paths that the Ready pods' probes ask for."""
        containers = [container for pod in self.ready for container in pod["spec"]["containers"]]
        probes = [
            one.get(f"{kind}Probe", {}) for one in containers for kind in ("readiness", "liveness", "startup")
        ]
        return {probe["httpGet"]["path"] for probe in probes if "path" in probe.get("httpGet", {})}


@dataclass(frozen=True)
class Route:
    """One rule: requests for `host` below `prefix` go to a Service."""

    host: str
    prefix: str
    exact: bool
    service: tuple[str, str]
    secure_only: bool = False
    """Whether plain http is sent to https."""

    def matches(self, path: str) -> bool:
        """Tell whether the rule is for this path, by whole segments."""
        if self.exact:
            return path == self.prefix
        prefix = self.prefix.rstrip("/")
        return path == prefix or path.startswith(f"{prefix}/")


def backend(service: Object, pods: Iterable[Object]) -> Backend:
    """Return the component behind a Service."""
    selector = service["spec"].get("selector") or {}
    namespace = service["metadata"]["namespace"]
    members = [
        pod
        for pod in pods
        if selector
        and pod["metadata"]["namespace"] == namespace
        and selector.items() <= pod["metadata"].get("labels", {}).items()
    ]
    ready = sorted(filter(_is_ready, members), key=lambda pod: str(pod["metadata"]["name"]))
    return Backend(service, tuple(ready), len(members))


def dev_port(service: Object, offset: int) -> int | None:
    """Return the loopback port that a Service asks for, shifted; None when it asks for none."""
    wanted = service["metadata"].get("annotations", {}).get(DEV_PORT, "")
    return int(wanted) + offset if wanted.isdigit() and 0 < int(wanted) + offset < 65536 else None  # noqa: PLR2004  TCP


def routes(ingresses: Iterable[Object]) -> list[Route]:
    """Return every rule of the Ingresses."""
    found = []
    for ingress in ingresses:
        namespace = ingress["metadata"]["namespace"]
        secure = _secure_hosts(ingress)
        for rule in ingress["spec"].get("rules", []):
            for path in rule.get("http", {}).get("paths", []):
                service = path["backend"].get("service", {}).get("name", "")
                exact = path.get("pathType") == "Exact"
                host, where = rule.get("host", ""), path.get("path", "/")
                found.append(Route(host, where, exact, (namespace, service), host in secure))
    return found


def _secure_hosts(ingress: Object) -> set[str]:
    """Hosts with TLS, where the Ingress asks for the redirect in a word that a controller knows."""
    notes = ingress["metadata"].get("annotations") or {}
    if not any(notes.get(name) == word for name, word in _REDIRECTS.items()):
        return set()
    return {host for one in ingress["spec"].get("tls", []) for host in one.get("hosts", [])}


def pick(found: Iterable[Route], host: str, path: str) -> Route | None:
    """Return the rule for a request, the exact and the longest first, as the Ingress API wants it."""
    name = host.partition(":")[0].lower().rstrip(".")
    fitting = [route for route in found if route.host.lower() == name and route.matches(path)]
    return max(fitting, key=lambda route: (route.exact, len(route.prefix)), default=None)


def _is_ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]
