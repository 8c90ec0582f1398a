"""Which check judges which kind, and how long it may take: the official plugin's documented defaults."""

from collections.abc import Callable
from typing import Any

from sandbox.plugins.kubernetes.readiness import (
    claim,
    daemonset,
    definition,
    deployment,
    job,
    load_balancer,
    namespace,
    pod,
    statefulset,
)
from sandbox.plugins.kubernetes.readiness.verdict import Verdict

Check = Callable[[dict[str, Any]], Verdict]

MINUTE = 60.0  # seconds
CHECKS: dict[tuple[str, str], tuple[Check, float]] = {
    ("apps", "Deployment"): (deployment.check, 10 * MINUTE),
    ("apps", "StatefulSet"): (statefulset.check, 10 * MINUTE),
    ("apps", "DaemonSet"): (daemonset.check, 10 * MINUTE),
    ("batch", "Job"): (job.check, 10 * MINUTE),
    ("", "PersistentVolumeClaim"): (claim.check, 5 * MINUTE),
    ("", "Pod"): (pod.check, 10 * MINUTE),
    ("", "Namespace"): (namespace.check, 5 * MINUTE),
    ("", "Service"): (load_balancer.check_service, 10 * MINUTE),
    ("networking.k8s.io", "Ingress"): (load_balancer.check_ingress, 10 * MINUTE),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (definition.check, 1 * MINUTE),
}
OTHER_TIMEOUT = 10 * MINUTE
DELETION_TIMEOUT = 10 * MINUTE
