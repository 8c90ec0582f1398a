"""The map in lines. Pure."""

from delivery.mapping.places import AppPlace, Common


def text(found: tuple[AppPlace, ...], shared: Common) -> str:
    """The map as indented text, an app after the other, what all share at the end."""
    lines = [line for place in found for line in _lines(place)]
    wide = max(len(name) for name in shared.services)
    lines += ["shared by all", *(f"  {name:{wide}}  {one}" for name, one in shared.services.items())]
    return "\n".join([*lines, f"  {'builds':{wide}}  namespace {shared.build}"])


def _lines(place: AppPlace) -> list[str]:
    slot = f", slot {place.slot}" if place.slot else ""
    entry = f", then also as {place.entry}" if place.entry else ""
    lines = [f"{place.app} {place.environment}: {', '.join(place.namespaces)}{slot}{entry}"]
    wide = max(len(one.name) for one in place.services)
    for one in place.services:
        addresses = [address for address in (one.url, one.dev_url) if address]
        where = "  ".join(addresses) or "inside only"
        lines.append(f"  {one.name:{wide}}  {one.pods:>5} {one.unit:4}  {where}")
    lines.append(f"  databases {', '.join(place.databases)}; cache keys {place.key_prefix}*")
    return lines
