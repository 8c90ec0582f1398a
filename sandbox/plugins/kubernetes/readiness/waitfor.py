"""The annotation `pulumi.com/waitFor`: the program's own idea of ready.

One of `condition=Type` (or `condition=Type=Status`), `jsonpath={.a.b}` (exists) or `jsonpath={.a.b}=value`,
or a JSON list of such texts, all of which must hold. The paths are plain: fields, `[0]`, and `["key"]`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, condition, waiting

Check = Callable[[dict[str, Any]], Verdict]
STEP = re.compile(
    r"""\.(?P<field>[A-Za-z_][\w-]*)|\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]"""
)
MISSING = object()


def parse(text: str) -> Check:
    """The check that the annotation describes; raises ValueError with a sentence that says what is wrong."""
    try:
        expressions = json.loads(text) if text.lstrip().startswith("[") else [text]
    except json.JSONDecodeError as error:
        raise ValueError(f"pulumi.com/waitFor is no JSON list: {text!r}.") from error
    checks = [_one(expression) for expression in expressions]
    if not checks:
        raise ValueError("pulumi.com/waitFor is an empty list: leave the annotation out.")
    return lambda live: next((verdict for check in checks if not (verdict := check(live)).ready), READY)


def _one(text: object) -> Check:
    if isinstance(text, str) and text.startswith("condition="):
        name, _, status = text.removeprefix("condition=").partition("=")
        return lambda live: _condition(live, name, status or "True")
    if isinstance(text, str) and text.startswith("jsonpath="):
        path, _, value = text.removeprefix("jsonpath=").partition("}")
        steps = _steps(path.removeprefix("{").removesuffix("}"))
        wanted = value.removeprefix("=").strip("\"'") if value else None
        return lambda live: _path(live, steps, text, wanted)
    raise ValueError(f"pulumi.com/waitFor must be condition=… or jsonpath=…, not {text!r}.")


def _condition(live: dict[str, Any], name: str, status: str) -> Verdict:
    found = condition(live, name).get("status", "absent")
    return READY if found.lower() == status.lower() else waiting(f"Condition {name} is {found}, not {status}")


def _steps(path: str) -> list[str | int]:
    path = path.removeprefix("$")
    steps: list[str | int] = []
    position = 0
    for match in STEP.finditer(path):
        if match.start() != position:
            break
        position = match.end()
        steps.append(int(match["index"]) if match["index"] else match["field"] or match["key"])
    if position != len(path) or not steps:
        raise ValueError(f"pulumi.com/waitFor has a path that this stand-in cannot read: {path!r}.")
    return steps


def _path(live: dict[str, Any], steps: list[str | int], text: str, wanted: str | None) -> Verdict:
    value: Any = live
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return waiting(f"{text} is not there yet")
    plain = value if isinstance(value, str) else json.dumps(value)
    return READY if wanted is None or plain == wanted else waiting(f"{text} is {plain} yet")
