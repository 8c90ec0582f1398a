"""The rules that CEL can say as ValidatingAdmissionPolicies, so that kubectl is refused as well.

A namespace's label `blueocean.io/environment` chooses what a violation does: prod and staging deny, dev
warns. Namespaces without the label are not ours to guard. Each environment has policies of its own, so that
each can be changed, and taken away, with its own stack.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from policies.break_glass import break_glass, glass
from policies.expressions import MOMENTS, POD_VARIABLES, tier_variables, waived
from policies.gateways import ROUTES
from policies.levels import Levels, load_levels
from policies.limits import Limits, load_limits
from policies.objects import ENVIRONMENT_LABEL, Environment
from policies.pods import POD_KINDS
from policies.rule import ALL_ENVIRONMENTS, Rule, rules
from policies.waivers import Waivers, load_waivers

API = "admissionregistration.k8s.io/v1"
GATEWAYS = "gateway.networking.k8s.io"
# kind -> group, version, resource. A kind that lives outside namespaces (but Namespace) is left out: no label
# says whose it is, and Kubernetes' own roles would be refused.
RESOURCES = {
    "ConfigMap": ("", "v1", "configmaps"),
    "CronJob": ("batch", "v1", "cronjobs"),
    "DaemonSet": ("apps", "v1", "daemonsets"),
    "Deployment": ("apps", "v1", "deployments"),
    "GRPCRoute": (GATEWAYS, "v1", "grpcroutes"),
    "Gateway": (GATEWAYS, "v1", "gateways"),
    "HTTPRoute": (GATEWAYS, "v1", "httproutes"),
    "Ingress": ("networking.k8s.io", "v1", "ingresses"),
    "Job": ("batch", "v1", "jobs"),
    "ListenerSet": (GATEWAYS, "v1", "listenersets"),
    "Namespace": ("", "v1", "namespaces"),
    "Pod": ("", "v1", "pods"),
    "PodDisruptionBudget": ("policy", "v1", "poddisruptionbudgets"),
    "PodTemplate": ("", "v1", "podtemplates"),
    "ReplicaSet": ("apps", "v1", "replicasets"),
    "ReplicationController": ("", "v1", "replicationcontrollers"),
    "Role": ("rbac.authorization.k8s.io", "v1", "roles"),
    "Service": ("", "v1", "services"),
    "ServiceAccount": ("", "v1", "serviceaccounts"),
    "StatefulSet": ("apps", "v1", "statefulsets"),
    "TCPRoute": (GATEWAYS, "v1alpha2", "tcproutes"),
    "TLSRoute": (GATEWAYS, "v1", "tlsroutes"),
    "UDPRoute": (GATEWAYS, "v1alpha2", "udproutes"),
}
# What the cluster's own controllers write follows from an object that was judged when somebody wrote it.
# Refusing them would stop the pods of a workload that break-glass let in.
CONTROLLER = (
    'request.userInfo.username == "system:kube-controller-manager"'
    ' || request.userInfo.username.startsWith("system:serviceaccount:kube-system:")'
)


@dataclass(frozen=True)
class Guards:
    """What decides about guards: how strict, by which figures, and with which waivers."""

    levels: Levels
    limits: Limits
    waivers: Waivers
    today: date

    def manifests(
        self, chosen: Iterable[Rule], environments: Iterable[Environment] = ALL_ENVIRONMENTS
    ) -> Iterator[dict[str, Any]]:
        """For each environment the policies of all chosen rules that CEL can say, each with its binding.

        Where a violation is refused there is a way past it for emergencies, which comes along.
        """
        sayable = [rule for rule in chosen if rule.meta.cel]
        for environment in environments:
            denies = self.levels.of(environment) == "mandatory"
            own = [rule for rule in sayable if environment in rule.meta.environments]
            for kinds in dict.fromkeys(rule.meta.kinds for rule in own):
                group = [rule for rule in own if rule.meta.kinds == kinds]
                yield from self._guard(group, environment, ["Deny"] if denies else ["Warn", "Audit"])
            if denies and own:
                yield from break_glass(environment)

    def _guard(
        self, group: list[Rule], environment: Environment, actions: list[str]
    ) -> Iterator[dict[str, Any]]:
        """One policy for rules about the same kinds, and its binding."""
        kinds = group[0].meta.kinds
        metadata = {"name": f"blueocean-{environment}-{_subject(kinds)}"}
        variables = [*glass(environment), *tier_variables(self.limits), MOMENTS]
        spec: dict[str, Any] = {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": list(_matches(kinds))},
            "matchConditions": [{"name": "by-no-controller", "expression": f"!({CONTROLLER})"}],
            "variables": [*variables, *(POD_VARIABLES if kinds & POD_KINDS else ())],
            "validations": [self._validation(rule) for rule in group],
        }
        kind = "ValidatingAdmissionPolicy"
        yield {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
        bound = {
            "policyName": metadata["name"],
            "validationActions": actions,
            "matchResources": {"namespaceSelector": {"matchLabels": {ENVIRONMENT_LABEL: environment}}},
        }
        yield {
            "apiVersion": API,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": metadata,
            "spec": bound,
        }

    def _validation(self, rule: Rule) -> dict[str, str]:
        passes = ["variables.glass", waived(self.waivers.of(rule, self.today), rule.meta.kinds)]
        return {
            "expression": " || ".join([*filter(None, passes), f"({rule.meta.cel})"]),
            "message": f"[{rule.id}] {rule.meta.title} {rule.meta.remediation}",
        }


def guards() -> Guards:
    """As the project's files say now. Raises OSError or ValueError for unusable files."""
    today = datetime.now(UTC).date()
    return Guards(load_levels(), load_limits(), load_waivers(rules(), today), today)


def admission(environment: Environment) -> list[dict[str, Any]]:
    """What guards one environment. Raises OSError or ValueError for files that cannot be used."""
    return list(guards().manifests(rules(), (environment,)))


def _subject(kinds: frozenset[str]) -> str:
    if kinds <= POD_KINDS:
        return "workloads"
    if kinds & POD_KINDS:
        return "tokens"
    return "routes" if kinds & ROUTES else RESOURCES[min(kinds & set(RESOURCES))][2]


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
