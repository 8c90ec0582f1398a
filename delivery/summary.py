"""What `blueocean up` says at its end: where each component answers. Pure."""

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"^(http://localhost:)(\d+)")


def summary_lines(stack: str, outputs: Mapping[str, object], offset: int = 0) -> list[str]:
    """Return one line for each component with its URL, in columns; `outputs` are those of the stack.

    `offset` is how far the sandbox shifts the ports on localhost.
    """
    urls = outputs.get("urls")
    if not isinstance(urls, Mapping):
        return [f"{stack} is up; it names no URLs"]
    rows = [
        (app, component, _LOCAL.sub(lambda match: f"{match[1]}{int(match[2]) + offset}", url))
        for app, components in sorted(urls.items())
        for component, url in sorted(components.items())
    ]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)] if rows else [0, 0]
    return [f"{stack} is up:", *(f"  {app:{wide[0]}}  {name:{wide[1]}}  {url}" for app, name, url in rows)]
