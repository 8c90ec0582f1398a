"""Everybody who may look at a namespace may read its ConfigMaps."""

from collections.abc import Iterator

from policies.credentials import cel, looks_secret, named_secret
from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 4, phase 8: secrets mounted",
    title="A ConfigMap must not hold a secret, nor binary data that could be one.",
    remediation="Move the entry into a Secret, or write it as text.",
    reference="https://kubernetes.io/docs/concepts/configuration/configmap/",
    kinds=frozenset({"ConfigMap"}),
    cel=(
        "(!has(object.binaryData) || size(object.binaryData) == 0)"
        f" && (!has(object.data) || object.data.all(k, {cel('k', 'object.data[k]')}))"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each entry that holds a secret; the value is never repeated."""
    entries = item.manifest.get("data") or {}
    for key in entries:
        if entries[key] and (named_secret(key) or looks_secret(str(entries[key]))):
            yield f"its entry {key} holds a secret"
    for key in item.manifest.get("binaryData") or {}:
        yield f"its binary entry {key} cannot be looked into"
