"""Which objects are releases of an app in production, and what of ours runs there where no gate would look.

Where an object lies and which stack makes it decide, not what it says about itself: a label is a claim.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policies.images import repository
from policies.limits import Limits
from policies.objects import Object, environment_of
from policies.pods import POD_KINDS, images_of

PROD = "prod"
NEXIA = "nexia"
STRAY = "outside-its-namespace"


def in_production(item: Object) -> bool:
    """Whether its namespace or its stack is production's."""
    return PROD in (environment_of(item.namespace), item.stack_environment)


def releases(items: Iterable[Object], limits: Limits) -> Mapping[str, Sequence[Object]]:
    """All objects in the apps' production namespaces, by the app that they say they belong to."""
    found: dict[str, list[Object]] = {}
    for item in items:
        if in_production(item) and limits.tier(item.namespace) is limits.tiers["apps"]:
            found.setdefault(item.app, []).append(item)
    return dict(sorted(found.items()))


def strays(items: Iterable[Object], limits: Limits) -> Iterator[tuple[Object, str]]:
    """Yields a pod's object, code and sentence for each image of ours that runs where no gate looks.

    NEXIA's own images may run in NEXIA's: it never rides the apps' promotion.
    """
    for item in items:
        tier = limits.tier(item.namespace)
        if item.kind not in POD_KINDS or not in_production(item) or tier is limits.tiers["apps"]:
            continue
        own = f"{limits.registry}/{NEXIA}-" if tier is limits.tiers[NEXIA] else None
        for subject, image in images_of(item):
            found = repository(image)
            if found.startswith(f"{limits.registry}/") and not (own and found.startswith(own)):
                yield item, f"{STRAY}: {subject} {found}; run it in its app's namespace"
