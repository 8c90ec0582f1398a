"""Which processes a sandbox consists of, and the ports they need."""

from dataclasses import replace

from sandbox import pki
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
    """Describe every process, in the order of their start.

    They read the authority's certificate when they start, so another one makes all of them outdated.
    """
    authority = pki.fingerprint(context.layout.pki)
    found = [module.spec(context) for module in _MODULES]
    salted = [replace(spec, salt=f"{spec.salt} {authority}") for spec in found]
    return tuple(sorted(salted, key=lambda spec: spec.wave))
