"""Every component in dev has a port of its own on the developer's machine."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.rule import Context, Meta

META = Meta(
    severity="medium",
    clause="section 6, dev ports",
    title="A dev port must be a free port from 1024 to 65535, and belong to one Service.",
    remediation="Choose another port in the annotation blueocean.io/dev-port.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/",
    kinds=frozenset({"Service"}),
)
ANNOTATION = "blueocean.io/dev-port"
LOWEST, HIGHEST = 1024, 65535


def check_stack(items: Sequence[Object], _context: Context) -> Iterator[tuple[Object, str]]:
    """Yields a sentence for each port that is none, is another's too, or stands outside dev."""
    claimed: dict[int, list[Object]] = defaultdict(list)
    for item in items:
        port = item.annotations.get(ANNOTATION)
        if port is None:
            continue
        if item.environment != "dev":
            yield item, f"it has the dev port {port} outside dev"
        elif not str(port).isdecimal() or not LOWEST <= int(port) <= HIGHEST:
            yield item, f"its dev port {port} is none"
        else:
            claimed[int(port)].append(item)
    for number, owners in claimed.items():
        for item in owners:
            others = sorted(one.address for one in owners if one is not item)
            if others:
                yield item, f"its dev port {number} is claimed by {' and '.join(others)} too"
