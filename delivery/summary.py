"""What `blueocean up` says at its end: where each component answers. Pure."""

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"^(http://localhost:)(\d+)")


def summary_lines(stack: str, outputs: Mapping[str, object], offset: int = 0) -> list[str]:
    """Return one line for each component with its URL, in columns; `outputs` are those of the stack.

    `offset` is how far the sandbox shifts the ports on localhost.
    """
    if not isinstance(outputs.get("urls"), Mapping):
        return [f"{stack} is up; it names no URLs"]
    rows = _rows(outputs, offset)
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)] if rows else [0, 0]
    lines = [f"{stack} is up:", *(f"  {app:{wide[0]}}  {name:{wide[1]}}  {url}" for app, name, url in rows)]
    entry = outputs.get("entry")
    return [*lines, f"  {entry} leads to whoever owns the slot"] if entry else lines


def local_ports(outputs: Mapping[str, object], offset: int = 0) -> dict[int, str]:
    """Return the ports of localhost among the URLs, each with what should answer there."""
    return {
        int(match[2]): f"{app}'s {name}"
        for app, name, url in _rows(outputs, offset)
        if (match := _LOCAL.match(url))
    }


def _rows(outputs: Mapping[str, object], offset: int) -> list[tuple[str, str, str]]:
    """App, component and URL of each."""
    urls = outputs.get("urls")
    return [
        (app, component, _LOCAL.sub(lambda match: f"{match[1]}{int(match[2]) + offset}", url))
        for app, components in sorted(urls.items() if isinstance(urls, Mapping) else ())
        for component, url in sorted(components.items())
    ]
