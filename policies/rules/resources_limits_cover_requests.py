"""A container may use at least what it asked for."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.quantities import RESOURCES, parsed, plain
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 1, requests and limits",
    title="A container's limits must be at least its requests.",
    remediation="Raise the limit or lower the request.",
    reference="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    kinds=POD_KINDS,
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each limit below its request."""
    for container in containers_of(item):
        resources = container.manifest.get("resources") or {}
        for resource in RESOURCES:
            request = parsed(resources.get("requests"), resource)
            limit = parsed(resources.get("limits"), resource)
            if request is not None and limit is not None and limit < request:
                yield (
                    f"{container.name} requests {plain(resources['requests'][resource])} {resource}"
                    f" but is limited to {plain(resources['limits'][resource])}"
                )
