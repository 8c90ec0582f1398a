"""A pod that Pod Security's restricted standard accepts, for tests to spoil in one thing."""

from typing import Any

Object = dict[str, Any]


def bare_pod(resources: Object, security: Object | None = None, spec: Object | None = None) -> Object:
    """Return it with these resources; `security` is the container's, and goes on top, as `spec` does."""
    container = {
        "name": "one",
        "image": "one",
        "resources": resources,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        | (security or {}),
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "excess"},
        "spec": {"automountServiceAccountToken": False, "containers": [container]} | (spec or {}),
    }
