"""A secret reaches a container by reference; its value never stands in a workload."""

from collections.abc import Iterator

from policies.credentials import cel, looks_secret, named_secret
from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 4, phase 8: secrets mounted",
    title="A container must take secrets from a Secret, never as a value.",
    remediation="Move the value into a Secret and refer to it by valueFrom.secretKeyRef.",
    reference="https://kubernetes.io/docs/concepts/configuration/secret/",
    kinds=POD_KINDS,
    cel=(
        "variables.containers.all(c, !has(c.env) || c.env.all(e, !has(e.value) || "
        f"{cel('e.name', 'e.value')}))"
    ),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each variable with a secret as its value; the value is never repeated."""
    for container in containers_of(item):
        for variable in container.manifest.get("env") or ():
            name = str(variable.get("name"))
            if "value" not in variable or variable["value"] in (None, ""):
                continue
            if named_secret(name) or looks_secret(str(variable["value"])):
                yield f"{container.name} has a secret as the value of {name}"
