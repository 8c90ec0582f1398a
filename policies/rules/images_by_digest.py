"""What was tested is what runs: a tag can move, a digest cannot."""

from collections.abc import Iterator

from policies.images import DIGEST, split
from policies.objects import Object
from policies.pods import POD_KINDS, images_of
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 3, the very images to be deployed",
    title="A container or volume must name its image by digest.",
    remediation="Write the image as <repository>:<tag>@sha256:<digest>.",
    reference="https://kubernetes.io/docs/concepts/containers/images/",
    kinds=POD_KINDS,
    cel=('variables.references.all(r, r.matches("@sha256:[0-9a-f]{64}$"))'),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each image without a digest."""
    for subject, image in images_of(item):
        if not DIGEST.fullmatch(split(image)[2]):
            yield f"{subject} {image or 'no image'}, which is not named by digest"
