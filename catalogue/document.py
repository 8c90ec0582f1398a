"""A YAML text as plain data with the line of every key. Pure: the text comes in, nothing is read.

The scalars are those of YAML 1.2's JSON schema: `no`, `on`, 12:00 and 2026-01-01 are text, as editors show
them; only true, false, null, and plain numbers are more. YAML 1.1's 12:00 = 720 can't happen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from catalogue.problem import Problem

try:
    from yaml import CSafeLoader as _BaseLoader  # ten times as fast, where PyYAML was built with libyaml
except ImportError:  # pragma: no cover - depends on the wheel
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]  # the same interface

Path = tuple[str | int, ...]
_PLAIN: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DEEPEST, _LONGEST, _MOST = 50, 100, 10_000
"""Levels, digits of a whole number, values of a file: more than anybody writes, less than Python bears."""
_STANDARD_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!"}


class _Loader(_BaseLoader):
    """Resolves no scalar by its looks: `_scalar` does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  the base's own name


@dataclass
class Document:
    """The content of one file, the line of each key path (1-based), and what kept it from being read."""

    file: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the key, or of the nearest key above it; 0 when even the file has none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def at(self, path: Path) -> object:
        """What stands at the key, None when nothing does."""
        found = self.data
        for part in path:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return found


def parse(file: str, text: str) -> Document:
    """The document of a text; its `problems` are empty exactly when the whole could be read.

    Refused: broken YAML, several documents, tags, a key given twice, a key that is no text, an anchor within
    itself, an empty text, anything but a mapping at the top, and what is too deep or too long to be meant.
    """
    document = Document(file)
    try:
        root = _root(text)
        if isinstance(root, yaml.MappingNode):
            document.data = _value(document, root, (), ())
        elif root:
            cure = "start with a line like `name: nextstep`"
            document.problems.append(Problem(file, 1, "", "", "holds no mapping", cure))
        else:
            cure = "write the mapping that catalogue/schema/ describes"
            document.problems.append(Problem(file, 0, "", "", "is empty", cure))
    except yaml.YAMLError as error:
        document.problems.append(_broken(file, error))
    return document


def _root(text: str) -> yaml.Node | None:
    """The tree of nodes. Its depth is looked at before: PyYAML builds it on the C stack, with no guard."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        _hold(depth, _DEEPEST, "it is nested more than {} deep", event)
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _value(document: Document, node: yaml.Node, path: Path, above: tuple[yaml.Node, ...]) -> object:
    document.lines.setdefault(path, node.start_mark.line + 1)
    _hold(len(above) + 1, _DEEPEST, "it is nested more than {} deep", node)  # by anchors
    _hold(len(document.lines), _MOST, "it says more than {} things", node)  # of few lines, by anchors
    if any(node is one for one in above):
        _report(document, node, path, "refers to itself", "write the value out")
        return None
    if node.tag not in _STANDARD_TAGS:
        _report(document, node, path, "carries a YAML tag", "remove the tag, plain values are enough")
        return None
    if isinstance(node, yaml.MappingNode):
        return dict(_entries(document, node, path, (*above, node)))
    if isinstance(node, yaml.SequenceNode):
        inner = (*above, node)
        return [_value(document, one, (*path, place), inner) for place, one in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return _scalar(node) if plain else node.value


def _entries(
    document: Document, node: yaml.MappingNode, path: Path, above: tuple[yaml.Node, ...]
) -> Iterator[tuple[str, object]]:
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            _report(document, key, path, "holds a key that is no text", "write a plain word before the colon")
            continue
        name = key.value
        if name in seen:
            _report(document, key, (*path, name), "is given twice", "keep one of the two")
        seen.add(name)
        document.lines[(*path, name)] = key.start_mark.line + 1
        yield name, _value(document, value, (*path, name), above)


def _scalar(node: yaml.Node) -> object:
    text = node.value
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        _hold(len(text), _LONGEST, "a number has more than {} digits", node)
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _hold(size: int, most: int, problem: str, at: yaml.Event | yaml.Node) -> None:
    if size > most:
        text, mark = problem.format(most), at.start_mark
        raise yaml.MarkedYAMLError(problem=text, problem_mark=mark)  # type: ignore[arg-type]  # libyaml's own


def _report(document: Document, node: yaml.Node, path: Path, message: str, cure: str) -> None:
    line = node.start_mark.line + 1
    document.problems.append(Problem(document.file, line, dotted(path), "", message, cure))


def _broken(file: str, error: yaml.YAMLError) -> Problem:
    """Line, column and reason; never the text around it, which may hold anything."""
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or "holds characters that YAML doesn't allow"
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    place = f" (column {column})" if mark else ""
    return Problem(
        file, line, "", "", f"is no valid YAML: {reason}{place}", "check quotes, colons and indents"
    )


def dotted(path: Path) -> str:
    """A key path as people write it: components.api.dev_port, testing.phases[2].checks."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
