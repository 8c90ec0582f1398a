"""What a cluster holds before any stack comes up: nodes, and the platform's namespace with its two secrets.

On one's own cluster the operator provides the namespace and the secrets; here the sandbox does.
"""

import time

from sandbox.containers.claims import storage_class
from sandbox.errors import SandboxError
from sandbox.kube import KubeClient, KubeError, Object
from sandbox.settings import POSTGRES_ADMIN, VALKEY_ADMIN, Credentials

NODES = 3
NAMESPACE = "platform"


def apply(client: KubeClient, credentials: Credentials) -> None:
    """Apply everything; nothing changes where it is all there. SandboxError when the API refuses it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            for path, body in objects(credentials):
                client.apply(path, body)
            for number in range(1, NODES + 1):
                _node_size(client, number)
        except KubeError as error:
            # Right after its start the API server refuses a little still: namespaces, default roles.
            if time.monotonic() > deadline:
                raise SandboxError(f"The cluster could not be furnished: {error}") from error
            time.sleep(0.2)
        else:
            return


def objects(credentials: Credentials) -> list[tuple[str, Object]]:
    """Return (path, object) of what is applied."""
    nodes = [(f"/api/v1/nodes/{_node_name(n)}", _node(n)) for n in range(1, NODES + 1)]
    labels = {
        "kubernetes.io/metadata.name": NAMESPACE,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
    }
    namespace: Object = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": labels},
    }
    return [
        *nodes,
        storage_class(),
        (f"/api/v1/namespaces/{NAMESPACE}", namespace),
        _default_deny(),
        _secret("postgres-central-admin", POSTGRES_ADMIN, credentials.postgres),
        _secret("platform-pool-redis-admin", VALKEY_ADMIN, credentials.valkey),
    ]


def _default_deny() -> tuple[str, Object]:
    """Return the closed door that the audit asks of every namespace; simulated nodes enforce no policy."""
    name = "sandbox-default-deny"
    body: Object = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
    return f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies/{name}", body


def _secret(name: str, username: str, password: str) -> tuple[str, Object]:
    body: Object = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "type": "Opaque",
        "stringData": {"username": username, "password": password},
    }
    return f"/api/v1/namespaces/{NAMESPACE}/secrets/{name}", body


def _node_name(number: int) -> str:
    return f"fake-{number}"


def _node(number: int) -> Object:
    name = _node_name(number)
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "sandbox",
        "topology.kubernetes.io/zone": f"sandbox-{number}",
    }
    annotations = {"kwok.x-k8s.io/node": "fake"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
    }


def _node_size(client: KubeClient, number: int) -> None:
    # Room for every stack at once, all autoscalers of prod at their maximum; nothing of it is this machine's.
    size = {"cpu": "32", "memory": "128Gi", "pods": "110"}
    body: Object = {"status": {"capacity": size, "allocatable": size}}
    client.request(
        "PATCH", f"/api/v1/nodes/{_node_name(number)}/status", body, "application/merge-patch+json"
    )
