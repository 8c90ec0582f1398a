"""What holds production's data is not deleted by an update."""

from collections.abc import Iterator

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 3, guaranteed restore point",
    title="A volume or database of prod must be protected against deletion.",
    remediation="Set protect=True (and retain_on_delete=True) in the resource's options.",
    reference="https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    kinds=frozenset({"PersistentVolumeClaim", "PersistentVolume", "DatabaseCluster", "DatabaseDb", "Volume"}),
    environments=("prod",),
    places=("preview", "state"),  # protection is the stack's; a live object does not show it
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence unless the stack protects the object."""
    if item.protect is not True:
        yield "the stack does not protect it"
