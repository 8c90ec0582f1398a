"""Production runs what every gate of promotion admits, and nothing else."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.production import releases, strays
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 3, production safety",
    title="A release in prod must have a passport that every gate accepts.",
    remediation="Promote the release through staging until every gate accepts it.",
    reference="https://kubernetes.io/docs/concepts/security/cloud-native-security/",
    kinds=frozenset(),
    # Of every environment by its label: what lies in production is looked for by namespace and stack.
    places=("program", "preview", "state"),  # a live object carries defaults that nobody approved
    waivable=False,
)
# Without a passport every other gate refuses too, and says nothing new.
NOTHING_ELSE = frozenset({"no-passport", "malformed-passport"})


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields code and reason of each gate that refuses, on the app's first Deployment by name."""
    yield from strays(items, context.limits)
    for app, own in releases(items, context.limits).items():
        first = min(own, key=lambda item: (item.kind != "Deployment", item.kind, item.name))
        try:
            verdicts = context.evidence().verdicts(app, own)
        except ValueError as error:  # evidence that cannot be read, or fits no question
            yield first, str(error)
            continue
        if not verdicts:
            yield first, "no-gate: no gate was asked"
        refusals = [one for one in verdicts if not one.ok]
        if refusals and refusals[0].code in NOTHING_ELSE:
            refusals = refusals[:1]
        yield from ((first, f"{one.code}: {one.reason}") for one in refusals)
