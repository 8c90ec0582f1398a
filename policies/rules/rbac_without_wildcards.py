"""A permission names what it permits."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 2, supervision",
    title="A role must name its API groups, resources and verbs.",
    remediation="Replace * by the groups, resources and verbs that are needed.",
    reference="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    kinds=frozenset({"Role", "ClusterRole"}),
    cel=(
        "!has(object.rules) || object.rules.all(r, (!has(r.apiGroups) || r.apiGroups.all(x, "
        '!x.contains("*"))) && (!has(r.resources) || r.resources.all(x, !x.contains("*"))) && '
        '(!has(r.verbs) || r.verbs.all(x, !x.contains("*"))))'
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each wildcard."""
    for rule in item.manifest.get("rules") or ():
        for field in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
            if any("*" in str(each) for each in rule.get(field) or ()):
                yield f"it grants * in {field}"
