"""The app servers: what answers on every dev port and ingress host (simulated containers).

One small process in place of all pods' containers; it answers as a component only while that has Ready pods.
"""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, python_environment, python_module

PORTS = ("apps",)


def spec(context: Context) -> ProcessSpec:
    """Describe the app servers; healthy when every port that a Service asks for is really served."""
    check = http_ok(context.port("apps"), "/healthz")
    ports = [context.port(name) for name in ("kube-apiserver", "postgres", "valkey", "apps")]
    salt = f"{ports} {context.settings.port_offset}"
    command = python_module("sandbox.containers.frontdoor", context)
    return ProcessSpec("apps", 2, command, check, python_environment(), salt=salt)
