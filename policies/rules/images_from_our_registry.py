"""What runs was built by us, or is one of the few images of the platform."""

from collections.abc import Iterator

from policies.images import repository
from policies.objects import Object
from policies.pods import POD_KINDS, images_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="sections 1 and 5, registry",
    title="A container or volume must take its image from registry.digitalocean.com/blueocean.",
    remediation="Use an image of the registry; a platform image must be on the list in policies/limits.yaml.",
    reference="https://kubernetes.io/docs/concepts/containers/images/",
    kinds=POD_KINDS,
    cel=(
        'variables.references.all(r, r.startsWith("registry.digitalocean.com/blueocean/") || '
        'variables.images.exists(i, r == i || r.startsWith(i + ":") || r.startsWith(i + "@")))'
    ),
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each image from elsewhere."""
    tier = context.limits.tier(item.namespace)
    others = tier.images if tier else ()
    for subject, image in images_of(item):
        found = repository(image)
        if not found.startswith(f"{context.limits.registry}/") and found not in others:
            yield f"{subject} {found or 'no image'}"
