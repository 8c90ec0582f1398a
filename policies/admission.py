"""The rules that CEL can say as ValidatingAdmissionPolicies, so that kubectl is refused as well.

A namespace's label `blueocean.io/environment` chooses what a violation does: prod and staging deny, dev
warns. Namespaces without the label are not ours to guard.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from policies.levels import Levels
from policies.objects import ENVIRONMENT_LABEL
from policies.pods import POD_KINDS
from policies.rule import Rule

API = "admissionregistration.k8s.io/v1"
# kind -> group, version, resource. A kind that lives outside namespaces (but Namespace) is left out: no label
# says whose it is, and Kubernetes' own roles would be refused.
RESOURCES = {
    "ConfigMap": ("", "v1", "configmaps"),
    "CronJob": ("batch", "v1", "cronjobs"),
    "DaemonSet": ("apps", "v1", "daemonsets"),
    "Deployment": ("apps", "v1", "deployments"),
    "Ingress": ("networking.k8s.io", "v1", "ingresses"),
    "Job": ("batch", "v1", "jobs"),
    "Namespace": ("", "v1", "namespaces"),
    "Pod": ("", "v1", "pods"),
    "PodDisruptionBudget": ("policy", "v1", "poddisruptionbudgets"),
    "PodTemplate": ("", "v1", "podtemplates"),
    "ReplicaSet": ("apps", "v1", "replicasets"),
    "ReplicationController": ("", "v1", "replicationcontrollers"),
    "Role": ("rbac.authorization.k8s.io", "v1", "roles"),
    "Service": ("", "v1", "services"),
    "StatefulSet": ("apps", "v1", "statefulsets"),
}
_POD = (
    'object.kind == "Pod" ? object.spec : object.kind == "PodTemplate" ? object.template.spec :'
    ' object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec'
)
_CONTAINERS = (
    "(has(variables.pod.containers) ? variables.pod.containers : [])"
    " + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])"
    " + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])"
)
_CONTEXTS = (
    "(has(variables.pod.securityContext) ? [variables.pod.securityContext] : [])"
    " + variables.containers.filter(c, has(c.securityContext)).map(c, c.securityContext)"
)
VARIABLES = [
    {"name": "pod", "expression": _POD},
    {"name": "containers", "expression": _CONTAINERS},
    {"name": "contexts", "expression": _CONTEXTS},
]


def manifests(rules: Iterable[Rule], levels: Levels) -> Iterator[dict[str, Any]]:
    """A policy and a binding an environment for each rule that CEL can say."""
    for rule in rules:
        if rule.meta.cel:
            yield _policy(rule)
            yield from (_binding(rule, environment, levels) for environment in rule.meta.environments)


def _policy(rule: Rule) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": list(_matches(rule))},
        "validations": [
            {"expression": rule.meta.cel, "message": f"[{rule.id}] {rule.meta.title} {rule.meta.remediation}"}
        ],
    }
    if rule.meta.kinds <= POD_KINDS:
        spec["variables"] = VARIABLES
    return {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": f"blueocean-{rule.id}"},
        "spec": spec,
    }


def _matches(rule: Rule) -> Iterator[dict[str, Any]]:
    for kind in sorted(rule.meta.kinds & set(RESOURCES)):
        group, version, resource = RESOURCES[kind]
        resources = [resource, "pods/ephemeralcontainers"] if kind == "Pod" else [resource]
        yield {
            "apiGroups": [group],
            "apiVersions": [version],
            "operations": ["CREATE", "UPDATE"],
            "resources": resources,
        }


def _binding(rule: Rule, environment: str, levels: Levels) -> dict[str, Any]:
    actions = ["Deny"] if levels.of(environment) == "mandatory" else ["Warn", "Audit"]
    return {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": f"blueocean-{rule.id}-{environment}"},
        "spec": {
            "policyName": f"blueocean-{rule.id}",
            "validationActions": actions,
            "matchResources": {"namespaceSelector": {"matchLabels": {ENVIRONMENT_LABEL: environment}}},
        },
    }
