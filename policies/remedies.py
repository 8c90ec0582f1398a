"""Safe values for what an object leaves open. Only where a violation is advice, never where it stops.

What staging and prod run was tested and approved as it was rendered; a value that the engine puts in
afterwards would make it something else. An explicit value is never replaced.
"""

from collections.abc import Iterator, MutableMapping
from typing import Any, cast

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of

Fields = MutableMapping[str, Any]


def remedy(item: Object) -> list[str]:
    """Sets what is missing in the object itself; returns what was set, empty when nothing was."""
    if item.kind == "ServiceAccount":
        return _token(cast("Fields", item.manifest))
    if item.kind not in POD_KINDS:
        return []
    spec = cast("Fields", pod_of(item).spec)
    return [*_token(spec), *_pod(spec), *(done for each in _containers(spec) for done in _container(each))]


def _token(fields: Fields) -> list[str]:
    if "automountServiceAccountToken" in fields:
        return []
    fields["automountServiceAccountToken"] = False
    return ["automountServiceAccountToken"]


def _pod(spec: Fields) -> list[str]:
    security = dict(spec.get("securityContext") or {})
    if "seccompProfile" in security:
        return []
    spec["securityContext"] = security | {"seccompProfile": {"type": "RuntimeDefault"}}
    return ["securityContext.seccompProfile"]


def _container(container: Fields) -> list[str]:
    security = dict(container.get("securityContext") or {})
    if "allowPrivilegeEscalation" in security:
        return []
    container["securityContext"] = security | {"allowPrivilegeEscalation": False}
    return [f"{container.get('name')}: securityContext.allowPrivilegeEscalation"]


def _containers(spec: Fields) -> Iterator[Fields]:
    for role in ("initContainers", "containers"):
        yield from spec.get(role) or ()
