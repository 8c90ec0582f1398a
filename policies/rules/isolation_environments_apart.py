"""Environments do not mix: not in a namespace, not in a stack."""

from collections.abc import Iterator

from policies.objects import ENVIRONMENT_LABEL, Object, environment_of
from policies.rule import ALL_ENVIRONMENTS, Context, Meta

META = Meta(
    severity="critical",
    clause="section 1, namespaces",
    title="An object's label, namespace and stack must stand for the same environment.",
    remediation="Move the object to its own environment's namespace and stack.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=frozenset(),
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence when two of the three disagree."""
    claims = {
        "label": item.labels.get(ENVIRONMENT_LABEL),
        "namespace": environment_of(item.namespace),
        "stack": item.stack_environment,
    }
    known = {source: claim for source, claim in claims.items() if claim in ALL_ENVIRONMENTS}
    if len(set(known.values())) > 1:
        said = ", ".join(f"its {source} says {claim}" for source, claim in known.items())
        yield f"{said}: environments must not mix"
