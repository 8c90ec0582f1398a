"""The Kubernetes controller manager: Deployments, Jobs, quotas, namespaces, all real."""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, go_environment

NAME = "kube-controller-manager"
PORTS = (NAME,)


def spec(context: Context) -> ProcessSpec:
    """Describe the controller manager; its request limits are raised, the default of 20/s slows rollouts."""
    pki = context.layout.pki
    command = (
        context.program(NAME),
        f"--kubeconfig={context.kubeconfig('system:kube-controller-manager')}",
        "--leader-elect=false",
        # It looks for volumes to attach ten times a second, and no node here has any.
        "--controllers=*,-persistentvolume-attach-detach-controller",
        "--bind-address=127.0.0.1",
        f"--secure-port={context.port(NAME)}",
        f"--tls-cert-file={pki / 'server.crt'}",
        f"--tls-private-key-file={pki / 'server.key'}",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={pki / 'service-account.key'}",
        f"--root-ca-file={pki / 'ca.crt'}",
        "--kube-api-qps=300",
        "--kube-api-burst=600",
        "--profiling=false",
    )
    check = http_ok(context.port(NAME), "/healthz", pki / "ca.crt")
    salt = str(context.port("kube-apiserver"))
    return ProcessSpec(NAME, 2, command, check, go_environment("200MiB"), salt=salt)
