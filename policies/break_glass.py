"""The way past admission in an emergency: it expires, asks for a reason and leaves a trace.

CEL knows no clock, so the end is in the key: a token for one service account, which the API server honours
for at most an hour. Every write with it names its reason on the object that it writes, and the API server's
audit log gets that reason with the token's id. A reason serves one write: what an earlier one left on the
object counts for no later one. `docs/runbooks/violations.md` says how to use it.
"""

from typing import Any

from policies.objects import ENVIRONMENT_LABEL, Environment

HOME = "platform"
"""The namespace of the service accounts; it exists before any stack."""
REASON = "blueocean.io/break-glass-reason"
SHORTEST = 20
"""Characters of a reason."""
LONGEST = 3600
"""Seconds that a token lasts at most."""
_ADMISSION = "admissionregistration.k8s.io/v1"
_RBAC = "rbac.authorization.k8s.io"
_ID = "authentication.kubernetes.io/credential-id"
_POD = "authentication.kubernetes.io/pod-name"
# Only a token that was asked for has an id: not an old one in a Secret, not somebody who impersonates; and
# what a pod carries is renewed for as long as it lives.
_TOKEN = (
    "has(request.userInfo.extra)"
    f' && "{_ID}" in request.userInfo.extra && !("{_POD}" in request.userInfo.extra)'
)


def _annotated(subject: str) -> str:
    """The reason that stands on an object; blanks around it are none."""
    notes = f"{subject}.metadata.annotations"
    return f'(has({notes}) && "{REASON}" in {notes} ? {notes}["{REASON}"] : "").trim()'


# What stands on the object since an earlier write is the reason of that one only.
_REASON = [
    {"name": "said", "expression": f'request.operation == "DELETE" ? "" : {_annotated("object")}'},
    {"name": "before", "expression": f'request.operation == "UPDATE" ? {_annotated("oldObject")} : ""'},
    {"name": "reason", "expression": 'variables.said == variables.before ? "" : variables.said'},
]
# No Secrets, no exec: what is running and how. No subresource either: the policies below don't see those.
_WRITABLE = {
    "": ["configmaps", "pods", "services"],
    "apps": ["daemonsets", "deployments", "replicasets", "statefulsets"],
    "autoscaling": ["horizontalpodautoscalers"],
    "batch": ["cronjobs", "jobs"],
    "networking.k8s.io": ["ingresses"],
    "policy": ["poddisruptionbudgets"],
}
_VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"]


def account(environment: Environment) -> str:
    """The service account of an environment."""
    return f"break-glass-{environment}"


def glass(environment: Environment) -> list[dict[str, str]]:
    """CEL variables for other policies: `glass` is true for a write that has every right to pass them."""
    return [
        *_REASON,
        {
            "name": "glass",
            "expression": f"{_is_account(environment)} && {_TOKEN} && size(variables.reason) >= {SHORTEST}",
        },
    ]


def break_glass(environment: Environment) -> list[dict[str, Any]]:
    """Everything that an environment needs: the account and its rights, and what holds both in check."""
    name = f"blueocean-{environment}-break-glass"
    subject = {"kind": "ServiceAccount", "name": account(environment), "namespace": HOME}
    writes = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}
    asks = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["serviceaccounts/token"]}
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": account(environment), "namespace": HOME},
            "automountServiceAccountToken": False,
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": [
                {"apiGroups": [group], "resources": resources, "verbs": _VERBS}
                for group, resources in _WRITABLE.items()
            ],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
            "subjects": [subject],
        },
        *_policy(name, writes | {"operations": ["CREATE", "UPDATE", "DELETE"]}, _writes(environment)),
        *_policy(f"{name}-token", asks | {"operations": ["CREATE"]}, _asks(environment)),
    ]


def _is_account(environment: Environment) -> str:
    return f'request.userInfo.username == "system:serviceaccount:{HOME}:{account(environment)}"'


def _writes(environment: Environment) -> dict[str, Any]:
    """What a write with the key has to show, wherever it goes."""
    within = (
        "namespaceObject != null && has(namespaceObject.metadata.labels)"
        f' && "{ENVIRONMENT_LABEL}" in namespaceObject.metadata.labels'
        f' && namespaceObject.metadata.labels["{ENVIRONMENT_LABEL}"] == "{environment}"'
    )
    return {
        "matchConditions": [{"name": "with-the-key", "expression": _is_account(environment)}],
        "variables": _REASON,
        "validations": [
            {"expression": within, "message": f"[break-glass] This key is for {environment} only."},
            {
                "expression": _TOKEN,
                "message": "[break-glass] Use a token of your own, from `kubectl create token`.",
            },
            {
                "expression": f'request.operation == "DELETE" || size(variables.reason) >= {SHORTEST}',
                "message": f"[break-glass] Say why in the annotation {REASON}, in {SHORTEST} characters,"
                " and in new words for each change.",
            },
        ],
        "auditAnnotations": [
            {
                "key": "break-glass",
                "valueExpression": f'request.operation + " with the credential " + '
                f'({_TOKEN} ? request.userInfo.extra["{_ID}"][0] : "unknown") + ": " + variables.reason',
            }
        ],
    }


def _asks(environment: Environment) -> dict[str, Any]:
    """How long a key may be asked for."""
    named = f'request.namespace == "{HOME}" && request.name == "{account(environment)}"'
    return {
        "matchConditions": [{"name": "for-the-key", "expression": named}],
        "validations": [
            {
                "expression": f"object.spec.expirationSeconds <= {LONGEST}",
                "message": "[break-glass] A token lasts an hour at most; ask with `--duration=1h`.",
            }
        ],
        "auditAnnotations": [
            {
                "key": "break-glass",
                "valueExpression": 'request.userInfo.username + " asked for a token for " + '
                'string(object.spec.expirationSeconds) + " seconds"',
            }
        ],
    }


def _policy(name: str, rule: dict[str, Any], parts: dict[str, Any]) -> list[dict[str, Any]]:
    metadata, matches = {"name": name}, {"resourceRules": [rule]}
    spec = {"failurePolicy": "Fail", "matchConstraints": matches, **parts}
    bound = {"policyName": name, "validationActions": ["Deny"]}
    kind = "ValidatingAdmissionPolicy"
    return [
        {"apiVersion": _ADMISSION, "kind": kind, "metadata": metadata, "spec": spec},
        {"apiVersion": _ADMISSION, "kind": f"{kind}Binding", "metadata": metadata, "spec": bound},
    ]
