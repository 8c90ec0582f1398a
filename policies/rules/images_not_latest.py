"""A release has a name of its own."""

from collections.abc import Iterator

from policies.images import split
from policies.objects import Object
from policies.pods import POD_KINDS, images_of
from policies.rule import Context, Meta

META = Meta(
    severity="medium",
    clause="section 3, the very images to be deployed",
    title="An image must not carry the tag latest.",
    remediation="Give the image the tag of its release.",
    reference="https://kubernetes.io/docs/concepts/containers/images/",
    kinds=POD_KINDS,
    cel=('variables.references.all(r, !r.matches("(?i):latest(@|$)"))'),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each image tagged latest, in any case."""
    for subject, image in images_of(item):
        if split(image)[1].lower() == "latest":
            yield f"{subject} {image}, tagged latest"
