"""The critical apps reach production through every gate, whatever the catalogue calls them."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.rule import EVERYWHERE, Context, Meta

META = Meta(
    severity="critical",
    clause="sections 1 and 4, D-1",
    title="A critical app must stay in the critical tier, and nothing else may run in its namespace in prod.",
    remediation="Set the app's tier back to critical; what is another app's belongs in that app's namespace.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=frozenset(),
    # Of every environment by its label: whose namespace it is decides, not what an object says.
    places=("program", *EVERYWHERE),
    waivable=False,
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for a critical app that the catalogue treats as another, and for each impostor."""
    homes = {f"blueocean-{app}-prod": app for app in context.limits.critical_apps}
    firsts: dict[str, Object] = {}
    for item in items:
        app = homes.get(item.namespace)
        if app is None:
            continue
        firsts.setdefault(app, item)
        if item.app != app:
            yield item, f"it says that it belongs to {item.app or 'nobody'}, in the namespace of {app}"
    for app, first in firsts.items():
        try:
            tier = context.evidence().tier(app)
        except ValueError as error:  # a catalogue that cannot be read, or doesn't know the app
            yield first, str(error)
            continue
        if tier != "critical":
            yield first, f"the catalogue has {app} in the tier {tier}, whose releases ask nobody"
