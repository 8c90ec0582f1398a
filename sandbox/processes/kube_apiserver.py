"""The Kubernetes API server: RBAC, default admission, tokens for users, on loopback."""

import http.client
from pathlib import Path

from sandbox.files import write_private
from sandbox.processes.spec import Context, ProcessSpec, go_environment
from sandbox.settings import USERS

NAME = "kube-apiserver"
PORTS = (NAME,)
AUDIT_POLICY = Path(__file__).with_name("audit.yaml")
AUDIT_LOG = "audit.log"
"""In the folder of the logs; one event a line. It is cut off at 5 MB, and one older file is kept."""


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
        "--allow-privileged=true",  # as elsewhere: refusing is for the namespaces and the rules
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki / 'service-account.pub'}",
        f"--service-account-signing-key-file={pki / 'service-account.key'}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--endpoint-reconciler-type=none",  # a loopback address is refused as an endpoint
        "--profiling=false",
        "--event-ttl=1h",
        f"--audit-policy-file={AUDIT_POLICY}",
        f"--audit-log-path={context.layout.log / AUDIT_LOG}",
        "--audit-log-mode=batch",  # nobody waits for the disk
        "--audit-log-maxsize=5",
        "--audit-log-maxbackup=1",
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
    environment = go_environment("500MiB", GOGC="75")
    # The token file and the audit policy are read at the start only.
    salt = ",".join(USERS) + AUDIT_POLICY.read_text(encoding="utf-8")
    return ProcessSpec(NAME, 1, command, healthy, environment, prepare, salt=salt)
