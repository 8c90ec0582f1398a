"""The Job runner: what the containers of Jobs say is really run, on this machine (simulated containers).

It stands in for a kubelet and a container runtime: no image is pulled, and the process sees this machine's
files.
What it can run, and what it cannot, stands in `sandbox.containers`.
"""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, python_environment, python_module

PORTS = ("jobs",)


def spec(context: Context) -> ProcessSpec:
    """Describe the Job runner; restarted, it runs again whatever Job had not finished."""
    check = http_ok(context.port("jobs"), "/healthz")
    salt = " ".join(str(context.port(name)) for name in ("kube-apiserver", "postgres", "valkey", "jobs"))
    command = python_module("sandbox.containers.runner", context)
    return ProcessSpec("jobs", 2, command, check, python_environment(), salt=salt)
