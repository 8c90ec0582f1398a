"""Shared staging belongs to one app at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from policies.gateways import WAYS_IN, claims
from policies.limits import Staging
from policies.objects import STAGING_NAMESPACE, Object
from policies.presence import PRESENT_KINDS, is_present
from policies.rule import Context, Meta

META = Meta(
    severity="high",
    clause="section 8, slots; section 6, staging's hosts",
    title="Only the slot's owner may have pods and routes in shared staging, and answer under its hosts.",
    remediation="Until their own slot, scale other apps to 0 and drop their routes; leave each app its host.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/",
    kinds=PRESENT_KINDS,
)


def check_stack(items: Sequence[Object], context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each object of an app beside the one that has most there.

    And for each host of staging that is answered elsewhere, or by another app than its name says.
    """
    present = [item for item in items if is_present(item)]
    counts = Counter(item.app for item in present if item.app)
    # The same in any order of objects: a state and a cluster list them differently.
    owner = min(counts, key=lambda app: (-counts[app], app), default="")
    for item in present:
        if not item.app:
            yield item, "it does not say whose it is"
        elif item.app != owner:
            yield item, f"{item.app} is in staging together with {owner}"
    for item in items:
        if item.kind in WAYS_IN:
            yield from ((item, text) for text in _strangers(item, context.limits.staging))


def _strangers(item: Object, staging: Staging) -> Iterator[str]:
    for host in sorted({host.lower() for host, _ in claims(item)}):
        if host != staging.entry and not fnmatchcase(host, staging.host.format(app="*")):
            continue
        if item.namespace != STAGING_NAMESPACE:
            yield f"host {host} leads to shared staging only"
        elif host not in {staging.entry, staging.host.format(app=item.app)}:
            yield f"host {host} is not {item.app}'s"
