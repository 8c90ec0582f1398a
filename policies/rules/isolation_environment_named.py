"""Every object says which environment it belongs to."""

from collections.abc import Iterator

from policies.objects import ENVIRONMENT_LABEL, Object, environment_of
from policies.rule import ALL_ENVIRONMENTS, Context, Meta

META = Meta(
    severity="medium",
    clause="section 1, namespaces",
    title="An object in an app's namespace must carry the label blueocean.io/environment.",
    remediation="Set the label blueocean.io/environment to dev, staging or prod.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
    kinds=frozenset(),
    places=("preview", "state"),  # controllers make live objects (Endpoints, ReplicaSets) without our labels
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence when the label is missing or says something unknown."""
    claimed = item.labels.get(ENVIRONMENT_LABEL)
    if environment_of(item.namespace) is not None and claimed not in ALL_ENVIRONMENTS:
        yield f"its label {ENVIRONMENT_LABEL} is {claimed or 'missing'}"
