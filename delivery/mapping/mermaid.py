"""The map as a Mermaid flowchart, which code hosts and many editors draw. Pure."""

from delivery.mapping.places import AppPlace, Common


def mermaid(found: tuple[AppPlace, ...], shared: Common) -> str:
    """A flowchart: routes → services in their namespaces → databases and caches.

    Every label is quoted and every id is made of letters, digits and underscores, so that no name can be
    taken for syntax.
    """
    lines = ["flowchart LR"]
    namespaces = dict.fromkeys(name for place in found for name in place.namespaces)
    for namespace in namespaces:
        lines.append(f"  subgraph {_id('ns', namespace)}[{_label(namespace)}]")
        lines += [f"    {line}" for place in found for line in _services(place, namespace)]
        lines.append("  end")
    for place in found:
        lines += [f"  {line}" for line in _edges(place)]
    lines += ['  subgraph shared["shared by all"]']
    lines += [
        f"    {_id('shared', name)}[{_label(f'{name}<br/>{one}')}]" for name, one in shared.services.items()
    ]
    lines += [f"    {_id('shared', 'builds')}[{_label(f'builds<br/>{shared.build}')}]", "  end"]
    stores = (_id("data", place.app, place.environment) for place in found)
    lines += [f"  {store} -.-> {_id('shared', name)}" for store in stores for name in ("postgres", "redis")]
    return "\n".join(lines)


def _services(place: AppPlace, namespace: str) -> list[str]:
    here = (one for one in place.services if one.namespace == namespace)
    return [f"{_id('svc', one.name)}[{_label(f'{one.name}<br/>{one.pods} {one.unit}')}]" for one in here]


def _edges(place: AppPlace) -> list[str]:
    host = _id("host", place.environment, place.host)
    data = _id("data", place.app, place.environment)
    stores = "<br/>".join((*place.databases, f"{place.key_prefix}*"))
    lines = [f"{host}([{_label(place.host)}])", f"{data}[({_label(stores)})]"]
    ways = [host]
    if place.entry:
        ways.append(_id("entry", place.environment))
        lines.append(f"{ways[-1]}([{_label(f'{place.entry}<br/>in turns')}])")
    for one in place.services:
        service = _id("svc", one.name)
        if one.url:
            lines += [f"{way} -->|{_label(_path(one.url, place.host))}| {service}" for way in ways]
        lines.append(f"{service} -.-> {data}")
    return lines


def _path(url: str, host: str) -> str:
    return url.partition("://")[2].removeprefix(host)  # a host may be part of `https`, too


def _id(*parts: str) -> str:
    """An id of its own: what is no letter or digit becomes its number, so that no two names fall together."""
    return "__".join("".join(_safe(character) for character in part) for part in parts)


def _safe(character: str) -> str:
    return character if character.isascii() and character.isalnum() else f"_{ord(character):x}_"


def _label(text: str) -> str:
    return '"' + text.replace("&", "#amp;").replace('"', "#quot;") + '"'
