"""etcd, the API server's database: on loopback, and only for clients with this sandbox's certificate."""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, go_environment

PORTS = ("etcd", "etcd-peer", "etcd-metrics")


def spec(context: Context) -> ProcessSpec:
    """Describe etcd. Without fsync: a crash of the machine may lose data, a killed process does not."""
    pki = context.layout.pki
    client, peer = (f"https://127.0.0.1:{context.port(name)}" for name in ("etcd", "etcd-peer"))
    command = [
        context.program("etcd"),
        "--name=sandbox",
        f"--data-dir={context.layout.data / 'etcd'}",
        "--unsafe-no-fsync",
        "--heartbeat-interval=500",  # milliseconds; there is no other member to hear them
        "--election-timeout=5000",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        f"--listen-metrics-urls=http://127.0.0.1:{context.port('etcd-metrics')}",
        "--log-level=warn",
        "--auto-compaction-mode=periodic",
        "--auto-compaction-retention=30m",
    ]
    for prefix in ("", "peer-"):
        command += [
            f"--{prefix}client-cert-auth",
            f"--{prefix}trusted-ca-file={pki / 'ca.crt'}",
            f"--{prefix}cert-file={pki / 'server.crt'}",
            f"--{prefix}key-file={pki / 'server.key'}",
        ]
    check = http_ok(context.port("etcd-metrics"), "/health")
    return ProcessSpec("etcd", 0, tuple(command), check, go_environment("150MiB"))
