"""A way in leads to the Services beside it, and lets nobody else in."""

from collections.abc import Iterator
from typing import Any

from policies.gateways import ENTRIES, WAYS_IN
from policies.objects import Manifest, Object, is_list
from policies.rule import Context, Meta
from policies.targets import picks_every_namespace

META = Meta(
    severity="high",
    clause="section 0, NEXIA stands apart; section 6, URLs",
    title="A route must lead to Services of its own namespace; a Gateway must choose whose routes it takes.",
    remediation="Put the route beside its Services; select a Gateway's namespaces; drop the ReferenceGrant.",
    reference="https://kubernetes.io/docs/concepts/services-networking/gateway/",
    kinds=WAYS_IN | ENTRIES | {"ReferenceGrant"},
)
FIELDS = ("backendRefs", "backendRef", "defaultBackend", "backend")
"""Where a route names what it leads to: rules, mirrors, external authorisation, an Ingress's backends."""


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each backend elsewhere, and for each door that is open to every namespace."""
    if item.kind == "ReferenceGrant":
        yield "it lets routes of other namespaces in"
    elif item.kind in ENTRIES:
        for listener in item.spec.get("listeners") or ():
            if _is_open(listener.get("allowedRoutes") or {}):
                yield f"listener {listener.get('name')} takes routes of every namespace"
        if item.kind == "Gateway" and _is_open(item.spec.get("allowedListeners") or {}):
            yield "it takes listeners of every namespace"
    else:
        for backend in _backends(item.spec):
            yield from _elsewhere(backend, item)


def _is_open(door: Manifest) -> bool:
    spaces = door.get("namespaces") or {}
    chosen = spaces.get("from")
    return chosen == "All" or (chosen == "Selector" and picks_every_namespace(spaces.get("selector")))


def _backends(value: Any) -> Iterator[Manifest]:  # noqa: ANN401 - a manifest's values are of any type
    """Every backend in a route, wherever it stands."""
    if is_list(value):
        for one in value:
            yield from _backends(one)
    elif hasattr(value, "keys"):
        for key in value.keys():  # noqa: SIM118 - the engine's own mapping reads values when iterated in pairs
            found = value[key]
            if key in FIELDS:
                yield from found if is_list(found) else (found,)
            if key not in ("annotations", "labels"):
                yield from _backends(found)


def _elsewhere(backend: Manifest, item: Object) -> Iterator[str]:
    namespace, kind = backend.get("namespace"), backend.get("kind") or "Service"
    if backend.get("resource") or kind != "Service":
        yield f"it leads to a {(backend.get('resource') or backend).get('kind')}, which is no Service"
    elif namespace and namespace != item.namespace:
        yield f"it leads to namespace {namespace}"
