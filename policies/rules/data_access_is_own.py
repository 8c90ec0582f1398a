"""A workload holds its own app's credentials and nobody else's."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.objects import Object
from policies.pods import POD_KINDS, pod_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 7, databases and key prefixes",
    title="A workload must use its own app's Secrets only.",
    remediation="Refer to the Secret of the workload's own app; its name starts with the app's.",
    reference="https://kubernetes.io/docs/concepts/configuration/secret/",
    kinds=POD_KINDS,
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each Secret of somebody else that the workload reads."""
    tier = context.limits.tier(item.namespace)
    if tier is None or "any" in tier.containers:
        return  # the platform's own rooms, where the tenants' Jobs hold the admin's credentials
    spec = pod_of(item).spec
    for name in dict.fromkeys([*_from_containers(spec), *_from_volumes(spec)]):
        if not item.app or not (name == item.app or name.startswith(f"{item.app}-")):
            yield f"it reads the Secret {name}, which is not {item.app or 'a named app'}'s"


def _from_containers(spec: Mapping[str, Any]) -> Iterator[str]:
    for role in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(role) or ():
            for variable in container.get("env") or ():
                key = (variable.get("valueFrom") or {}).get("secretKeyRef")
                if key:
                    yield str(key.get("name"))
            for source in container.get("envFrom") or ():
                if source.get("secretRef"):
                    yield str(source["secretRef"].get("name"))


def _from_volumes(spec: Mapping[str, Any]) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        if volume.get("secret"):
            yield str(volume["secret"].get("secretName"))
        for source in (volume.get("projected") or {}).get("sources") or ():
            if source.get("secret"):
                yield str(source["secret"].get("name"))
