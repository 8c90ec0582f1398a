"""NEXIA supervises everything and changes only what is its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 2, supervision",
    title="A service account of NEXIA must only read outside nexia-*, and never secrets.",
    remediation="Bind a role with get, list and watch on named resources, or bind inside NEXIA's namespaces.",
    reference="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    kinds=frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}),
)
READ = frozenset({"get", "list", "watch"})
NEVER = frozenset({"bind", "escalate", "impersonate"})
GROUPS = ("system:serviceaccounts:nexia-", "system:serviceaccount:nexia-")
EVERYBODY = ("system:serviceaccounts", "system:authenticated")
# Reading these is acting: logs in, runs in or speaks for somebody else's pod.
HIDDEN = frozenset(
    {
        "*",
        "nodes/proxy",
        "pods/attach",
        "pods/exec",
        "pods/portforward",
        "pods/proxy",
        "secrets",
        "serviceaccounts/token",
        "services/proxy",
    }
)


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each grant to NEXIA that goes further."""
    roles = {
        (item.kind, item.namespace, item.name): item for item in items if item.kind in ("Role", "ClusterRole")
    }
    for item in items:
        if not item.kind.endswith("RoleBinding") or not _binds_nexia(item):
            continue
        ref = item.manifest.get("roleRef") or {}
        kind, name = str(ref.get("kind")), str(ref.get("name"))
        role = roles.get((kind, item.namespace if kind == "Role" else "", name))
        if role is None:
            yield item, f"it binds the {kind} {name}, which this stack does not define"
            continue
        if role.manifest.get("aggregationRule"):
            yield item, f"it binds the {kind} {name}, which grows by aggregation"
        own = item.kind == "RoleBinding" and item.namespace.startswith("nexia-")
        for rule in role.manifest.get("rules") or ():
            for excess in _excess(rule, own=own):
                yield item, f"it lets NEXIA {excess}"


def _binds_nexia(item: Object) -> bool:
    return any(_is_nexia(subject, item.namespace) for subject in item.manifest.get("subjects") or ())


def _is_nexia(subject: Mapping[str, Any], namespace: str) -> bool:
    name = str(subject.get("name"))
    if subject.get("kind") == "ServiceAccount":
        return str(subject.get("namespace") or namespace).startswith("nexia-")
    return name.startswith(GROUPS) or name in EVERYBODY


def _excess(rule: Mapping[str, Any], *, own: bool) -> Iterator[str]:
    verbs, resources = set(rule.get("verbs") or ()), set(rule.get("resources") or ())
    yield from sorted(verbs & NEVER)
    writes = sorted(verbs - READ - NEVER)
    if writes and not own:
        yield f"{', '.join(writes)} {', '.join(sorted(resources))} outside its namespaces"
    yield from (f"use {each}" for each in sorted(resources & HIDDEN))
