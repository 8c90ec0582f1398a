"""Shared staging changes hands by the clock, not by who deploys first."""

from collections.abc import Iterator, Sequence

from policies.gateways import WAYS_IN
from policies.objects import STAGING_NAMESPACE, Object
from policies.pods import RUNNING_KINDS, pods_at_once
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, slots",
    title="An app may have pods and routes in shared staging only during its own slot.",
    remediation="Deploy in the app's own slot; `blueocean slots` shows whose it is and who comes next.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=RUNNING_KINDS | WAYS_IN,
    environments=("staging",),
    waivable=False,
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields the calendar's refusal, once for each app, on the app's first object that is present."""
    firsts = {item.app: item for item in reversed(items) if _present(item)}
    for app, first in sorted(firsts.items()):
        try:
            verdict = context.evidence().in_slot(app)
        except ValueError as error:  # no slot, or a calendar that cannot be read
            yield first, str(error)
            continue
        if not verdict.ok:
            yield first, f"{verdict.code}: {verdict.reason}"


def _present(item: Object) -> bool:
    """Whether it makes its app present; a workload that doesn't say how many has one pod."""
    here = item.namespace == STAGING_NAMESPACE
    return here and (item.kind in WAYS_IN or pods_at_once(item) != 0)
