"""The map in lines. Pure."""

from delivery.mapping.places import AppPlace


def text(found: tuple[AppPlace, ...]) -> str:
    """The map as indented text, an app after the other."""
    return "\n".join(line for place in found for line in _lines(place))


def _lines(place: AppPlace) -> list[str]:
    slot = f", slot {place.slot}" if place.slot else ""
    lines = [f"{place.app} {place.environment}: {', '.join(place.namespaces)}{slot}"]
    wide = max(len(one.name) for one in place.services)
    for one in place.services:
        addresses = [address for address in (one.url, one.dev_url) if address]
        where = "  ".join(addresses) or "inside only"
        lines.append(f"  {one.name:{wide}}  {one.pods:>5} {one.unit:4}  {where}")
    lines.append(f"  databases {', '.join(place.databases)}; cache keys {place.key_prefix}*")
    return lines
