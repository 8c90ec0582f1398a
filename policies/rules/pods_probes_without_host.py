"""Probes and lifecycle hooks ask the container itself, not a host of somebody's choice."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, security",
    title="A probe or lifecycle hook must not name a host.",
    remediation="Remove host from the handler's httpGet or tcpSocket.",
    reference="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    kinds=POD_KINDS,
    cel=(
        "variables.handlers.all(h, (!has(h.httpGet) || !has(h.httpGet.host) || "
        'h.httpGet.host == "") && (!has(h.tcpSocket) || !has(h.tcpSocket.host) || h.tcpSocket.host == ""))'
    ),
)
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each handler that names a host."""
    for container in containers_of(item):
        lifecycle = container.manifest.get("lifecycle") or {}
        probes = {name: container.manifest.get(name) or {} for name in PROBES}
        hooks = {f"lifecycle.{name}": lifecycle.get(name) or {} for name in ("postStart", "preStop")}
        for name, handler in (probes | hooks).items():
            for action in ("httpGet", "tcpSocket"):
                host = (handler.get(action) or {}).get("host")
                if host:
                    yield f"{container.name} names the host {host} in {name}"
