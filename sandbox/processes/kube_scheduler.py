"""The Kubernetes scheduler."""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, go_environment

NAME = "kube-scheduler"
PORTS = (NAME,)


def spec(context: Context) -> ProcessSpec:
    """Describe the scheduler."""
    pki = context.layout.pki
    command = (
        context.program(NAME),
        f"--kubeconfig={context.kubeconfig('system:kube-scheduler')}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--secure-port={context.port(NAME)}",
        f"--tls-cert-file={pki / 'server.crt'}",
        f"--tls-private-key-file={pki / 'server.key'}",
        "--profiling=false",
    )
    check = http_ok(context.port(NAME), "/healthz", pki / "ca.crt")
    salt = str(context.port("kube-apiserver"))
    return ProcessSpec(NAME, 2, command, check, go_environment("150MiB"), salt=salt)
