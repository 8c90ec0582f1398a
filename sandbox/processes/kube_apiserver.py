"""The Kubernetes API server: RBAC, default admission, tokens for users, on loopback."""

import http.client

from sandbox.files import write_private
from sandbox.processes.spec import Context, ProcessSpec
from sandbox.settings import USERS

NAME = "kube-apiserver"
PORTS = (NAME,)


def spec(context: Context) -> ProcessSpec:
    """Describe the API server; healthy when `/readyz` says so."""
    pki = context.layout.pki
    command = (
        context.program(NAME),
        f"--etcd-servers=https://127.0.0.1:{context.port('etcd')}",
        f"--etcd-cafile={pki / 'ca.crt'}",
        f"--etcd-certfile={pki / 'client.crt'}",
        f"--etcd-keyfile={pki / 'client.key'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={context.port(NAME)}",
        f"--tls-cert-file={pki / 'server.crt'}",
        f"--tls-private-key-file={pki / 'server.key'}",
        f"--token-auth-file={pki / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki / 'service-account.pub'}",
        f"--service-account-signing-key-file={pki / 'service-account.key'}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--endpoint-reconciler-type=none",  # a loopback address is refused as an endpoint
        "--profiling=false",
        "--event-ttl=1h",
        "--max-requests-inflight=800",
        "--shutdown-delay-duration=0s",
    )

    def prepare() -> None:
        tokens = context.credentials.tokens
        # Per line: token, user, uid, groups; the file is as private as the tokens in it.
        lines = [f'{tokens[user]},{user},{user},"{groups}"' for user, groups in USERS.items()]
        write_private(pki / "tokens.csv", "\n".join(lines) + "\n")

    def healthy() -> str | None:
        status, body = context.kube().raw("/readyz")
        text = body.decode(errors="replace").strip()
        return None if status == http.client.OK else f"/readyz says {status}: {text[:300]}"

    # The limit keeps Go's heap from doubling between collections; it is soft, so nothing fails beyond it.
    environment = {"GOMEMLIMIT": "500MiB", "GOGC": "75"}
    # The token file is read at the start only.
    return ProcessSpec(NAME, 1, command, healthy, environment, prepare, salt=",".join(USERS))
