"""Shared staging changes hands by the clock, not by who deploys first."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.presence import PRESENT_KINDS, is_present
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, slots",
    title="An app may have pods and routes in shared staging only during its own slot.",
    remediation="Deploy in the app's own slot; `blueocean slots` shows whose it is and who comes next.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=PRESENT_KINDS,
    environments=("staging",),
    waivable=False,
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields the calendar's refusal, once for each app, on the app's first object that is present."""
    firsts = {item.app: item for item in reversed(items) if is_present(item)}
    for app, first in sorted(firsts.items()):
        try:
            verdict = context.evidence().in_slot(app)
        except ValueError as error:  # no slot, or a calendar that cannot be read
            yield first, str(error)
            continue
        if not verdict.ok:
            yield first, f"{verdict.code}: {verdict.reason}"
