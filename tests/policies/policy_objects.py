"""Objects that every rule accepts, written by hand, and a way to spoil one of them."""

import copy
from typing import Any

from policies.objects import Object

DIGEST = "sha256:" + "a" * 64
IMAGE = f"registry.digitalocean.com/blueocean/nextgen-api:1.4.0@{DIGEST}"
REMOVE = object()
Manifest = dict[str, Any]

NAMESPACES = {
    "dev": "blueocean-nextgen-dev",
    "staging": "blueocean-staging-shared",
    "prod": "blueocean-nextgen-prod",
}
RESOURCES: dict[str, Manifest] = {
    "dev": {"requests": {"memory": "128Mi", "cpu": "100m"}, "limits": {"memory": "256Mi", "cpu": "200m"}},
    "staging": {"requests": {"memory": "256Mi", "cpu": "200m"}, "limits": {"memory": "512Mi", "cpu": "400m"}},
    "prod": {"requests": {"memory": "1Gi", "cpu": "750m"}, "limits": {"memory": "2Gi", "cpu": "1500m"}},
}


VERSION = "1.4.0"


def labels(env: str, app: str = "nextgen") -> Manifest:
    return {"app.kubernetes.io/part-of": app, "blueocean.io/environment": env}


def manifest(kind: str, name: str, env: str, **parts: Any) -> Manifest:  # noqa: ANN401 - parts of any type
    apis = {
        **dict.fromkeys(("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), "apps/v1"),
        "Ingress": "networking.k8s.io/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
    }
    apis |= {
        "HorizontalPodAutoscaler": "autoscaling/v2",
        "PodDisruptionBudget": "policy/v1",
        "CronJob": "batch/v1",
        "Job": "batch/v1",
    }
    apis |= dict.fromkeys(
        ("HTTPRoute", "GRPCRoute", "TLSRoute", "Gateway", "ListenerSet"), "gateway.networking.k8s.io/v1"
    )
    apis |= {"TCPRoute": "gateway.networking.k8s.io/v1alpha2"}
    apis |= {"ReferenceGrant": "gateway.networking.k8s.io/v1beta1"}
    apis |= dict.fromkeys(
        ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"), "rbac.authorization.k8s.io/v1"
    )
    metadata = {"name": name, "namespace": NAMESPACES[env], "labels": labels(env)}
    return {"apiVersion": apis.get(kind, "v1"), "kind": kind, "metadata": metadata} | parts


def container(env: str, name: str = "api") -> Manifest:
    return {
        "name": name,
        "image": IMAGE,
        "resources": copy.deepcopy(RESOURCES[env]),
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/api/health", "port": "http"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {
                "name": "PGPASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "nextgen-postgres", "key": "PGPASSWORD"}},
            },
        ],
    }


def pod_spec(env: str) -> Manifest:
    return {
        "automountServiceAccountToken": False,
        "serviceAccountName": "nextgen-api",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container(env)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }


def deployment(env: str, name: str = "nextgen-api") -> Manifest:
    spec: Manifest = {"template": {"metadata": {"labels": labels(env)}, "spec": pod_spec(env)}}
    if env != "prod":
        spec["replicas"] = 1
    made = manifest("Deployment", f"{name}-{env}", env, spec=spec)
    made["metadata"]["labels"]["app.kubernetes.io/version"] = VERSION
    return made


def autoscaler(name: str = "nextgen-api-prod") -> Manifest:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    spec = {"scaleTargetRef": target, "minReplicas": 5, "maxReplicas": 15}
    spec["metrics"] = [{"type": "Resource", "resource": cpu}]
    return manifest("HorizontalPodAutoscaler", name, "prod", spec=spec)


def ingress(env: str) -> Manifest:
    hosts = {
        "dev": ["nextgen.dev.localhost"],
        "staging": ["nextgen.staging-shared.local", "staging-shared.blueocean"],
        "prod": ["nextgen"],
    }[env]
    tls = [] if env == "dev" else [{"hosts": hosts, "secretName": "nextgen-tls"}]
    return manifest("Ingress", "nextgen", env, spec={"rules": [{"host": one} for one in hosts], "tls": tls})


def namespace(env: str) -> Manifest:
    made = manifest("Namespace", NAMESPACES[env], env)
    del made["metadata"]["namespace"]
    made["metadata"]["labels"] |= {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
    }
    return made


def service(env: str, port: str = "7004") -> Manifest:
    made = manifest("Service", f"nextgen-api-{env}", env, spec={"type": "ClusterIP"})
    if env == "dev":
        made["metadata"]["annotations"] = {"blueocean.io/dev-port": port}
    return made


def world(env: str) -> dict[str, Manifest]:
    """A stack of one app that every rule accepts, by a short name for each object."""
    closed = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    block = {
        "cidr": "0.0.0.0/0",
        "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
    }
    found = {
        "namespace": namespace(env),
        "deny": manifest("NetworkPolicy", "default-deny", env, spec=closed),
        "egress": manifest(
            "NetworkPolicy",
            "https",
            env,
            spec={"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": block}]}]},
        ),
        "account": manifest("ServiceAccount", "nextgen-api", env, automountServiceAccountToken=False),
        "config": manifest("ConfigMap", "nextgen-api", env, data={"LOG_LEVEL": "info"}),
        "deployment": deployment(env),
        "service": service(env),
        "ingress": ingress(env),
        "role": manifest(
            "Role", "reader", env, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
        ),
    }
    if env == "prod":
        budget = {"maxUnavailable": 1, "selector": {"matchLabels": labels(env)}}
        found["hpa"] = autoscaler()
        found["pdb"] = manifest("PodDisruptionBudget", "nextgen-api-prod", env, spec=budget)
        found["volume"] = manifest("PersistentVolumeClaim", "models", env, spec={})
    return found


def spoiled(subject: Manifest, path: str, value: object) -> Manifest:
    """A copy with another value at `a.b.0.c`; REMOVE takes the key away."""
    made = copy.deepcopy(subject)
    *way, last = path.split("/")
    place: Any = made
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    if value is REMOVE:
        del place[last]
    elif isinstance(place, list):
        place[int(last) :] = [value]
    else:
        place[last] = value
    return made


def urn(env: str, subject: Manifest, project: str = "blueocean") -> str:
    token = token_of(subject)
    name = f"{subject['metadata'].get('namespace', '')}-{subject['metadata']['name']}"
    return f"urn:pulumi:{env}::{project}::{token}::{name}"


def token_of(subject: Manifest) -> str:
    api = subject["apiVersion"]
    return f"kubernetes:{'core/v1' if api == 'v1' else api}:{subject['kind']}"


def in_stack(env: str, objects: list[Manifest]) -> list[Object]:
    """The objects as they stand in the stack's state; volumes are protected."""
    protected = {"PersistentVolumeClaim"}
    return [Object(one, urn(env, one), one["kind"] in protected, token_of(one)) for one in objects]
