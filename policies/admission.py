"""The rules that CEL can say as ValidatingAdmissionPolicies, so that kubectl is refused as well.

A namespace's label `blueocean.io/environment` chooses what a violation does: prod and staging deny, dev
warns. Namespaces without the label are not ours to guard. Each environment has policies of its own, so that
each can be changed, and taken away, with its own stack.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from policies.break_glass import break_glass, glass
from policies.levels import Levels, load_levels
from policies.objects import ENVIRONMENT_LABEL, Environment
from policies.pods import POD_KINDS
from policies.rule import ALL_ENVIRONMENTS, Rule, rules

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
# What the cluster's own controllers write follows from an object that was judged when somebody wrote it.
# Refusing them would stop the pods of a workload that break-glass let in.
CONTROLLER = (
    'request.userInfo.username == "system:kube-controller-manager"'
    ' || request.userInfo.username.startsWith("system:serviceaccount:kube-system:")'
)


def manifests(
    chosen: Iterable[Rule], levels: Levels, environments: Iterable[Environment] = ALL_ENVIRONMENTS
) -> Iterator[dict[str, Any]]:
    """For each environment the policies of all chosen rules that CEL can say, each with its binding.

    Where a violation is refused there is a way past it for emergencies, which comes along.
    """
    sayable = [rule for rule in chosen if rule.meta.cel]
    for environment in environments:
        denies = levels.of(environment) == "mandatory"
        own = [rule for rule in sayable if environment in rule.meta.environments]
        for kinds in dict.fromkeys(rule.meta.kinds for rule in own):
            group = [rule for rule in own if rule.meta.kinds == kinds]
            yield from _guard(group, environment, ["Deny"] if denies else ["Warn", "Audit"])
        if denies and own:
            yield from break_glass(environment)


def admission(environment: Environment) -> list[dict[str, Any]]:
    """What guards one environment. Raises OSError, YAMLError or ValueError for levels that cannot be used."""
    return list(manifests(rules(), load_levels(), (environment,)))


def _guard(group: list[Rule], environment: Environment, actions: list[str]) -> Iterator[dict[str, Any]]:
    """One policy for rules about the same kinds, and its binding."""
    kinds = group[0].meta.kinds
    subject = "workloads" if kinds <= POD_KINDS else RESOURCES[min(kinds & set(RESOURCES))][2]
    metadata = {"name": f"blueocean-{environment}-{subject}"}
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": list(_matches(kinds))},
        "matchConditions": [{"name": "by-no-controller", "expression": f"!({CONTROLLER})"}],
        "variables": [*glass(environment), *(VARIABLES if kinds <= POD_KINDS else [])],
        "validations": [_validation(rule) for rule in group],
    }
    yield {"apiVersion": API, "kind": "ValidatingAdmissionPolicy", "metadata": metadata, "spec": spec}
    bound = {
        "policyName": metadata["name"],
        "validationActions": actions,
        "matchResources": {"namespaceSelector": {"matchLabels": {ENVIRONMENT_LABEL: environment}}},
    }
    yield {"apiVersion": API, "kind": "ValidatingAdmissionPolicyBinding", "metadata": metadata, "spec": bound}


def _validation(rule: Rule) -> dict[str, str]:
    return {
        "expression": f"variables.glass || ({rule.meta.cel})",
        "message": f"[{rule.id}] {rule.meta.title} {rule.meta.remediation}",
    }


def _matches(kinds: frozenset[str]) -> Iterator[dict[str, Any]]:
    for kind in sorted(kinds & set(RESOURCES)):
        group, version, resource = RESOURCES[kind]
        resources = [resource, "pods/ephemeralcontainers"] if kind == "Pod" else [resource]
        yield {
            "apiGroups": [group],
            "apiVersions": [version],
            "operations": ["CREATE", "UPDATE"],
            "resources": resources,
        }
