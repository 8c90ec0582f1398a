"""Which processes a sandbox consists of, and the ports they need."""

from sandbox.processes import apps as app_servers
from sandbox.processes import (
    digitalocean,
    etcd,
    fork_server,
    kube_apiserver,
    kube_controller_manager,
    kube_scheduler,
    kwok,
    postgres,
    valkey,
)
from sandbox.processes import jobs as job_runner
from sandbox.processes.spec import Context, ProcessSpec

_MODULES = (
    fork_server,
    etcd,
    postgres,
    valkey,
    digitalocean,
    kube_apiserver,
    kube_controller_manager,
    kube_scheduler,
    kwok,
    job_runner,
    app_servers,
)
# port -> the process that listens there; a process's first port has its name
PORT_OWNERS: dict[str, str] = {port: module.PORTS[0] for module in _MODULES for port in module.PORTS}
# Enough for the plugins' conformance suite: real API, scheduling and rollouts, no data behind it.
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "fork-server")


def specs(context: Context) -> tuple[ProcessSpec, ...]:
    """Describe every process, in the order of their start."""
    found = [module.spec(context) for module in _MODULES]
    return tuple(sorted(found, key=lambda spec: spec.wave))
