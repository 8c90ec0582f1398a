"""No container is larger than its environment and tier allow."""

from collections.abc import Iterator

from catalogue.models.quantity import amount
from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.quantities import RESOURCES, ceiling, parsed, plain
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="sections 1, 2 and 8, requests and limits",
    title="A container must stay within the ceilings of its environment and tier.",
    remediation="Lower the container's requests and limits to the ceilings in policies/limits.yaml.",
    reference="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    kinds=POD_KINDS,
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each quantity above its ceiling, or one when no ceiling is known."""
    tier = context.limits.tier(item.namespace)
    if tier is None:
        return  # isolation-namespace-known says so
    most = tier.container(item.environment)
    if most is None:
        yield f"no ceiling is known for the environment {item.environment} in namespace {item.namespace}"
        return
    for container in containers_of(item):
        resources = container.manifest.get("resources") or {}
        for part, compute in (("requests", most.requests), ("limits", most.limits)):
            for resource in RESOURCES:
                asked, top = parsed(resources.get(part), resource), ceiling(compute, resource)
                if asked is not None and asked > amount(top):
                    yield (
                        f"{container.name} {part} {plain(resources[part][resource])} {resource},"
                        f" the ceiling is {top}"
                    )
