"""YAML as the engine reads it, with the scalars of Go's yaml.v3.

They are neither YAML 1.1's, as PyYAML has them, nor quite those of 1.2: `yes`, `on` and 12:00 are text, but
0777 is 511 and 1_000 is 1000.
"""

import re

import yaml

_ALIKE = {"merge", "null", "timestamp"}
_OWN = (
    ("bool", "tTfF", r"true|True|TRUE|false|False|FALSE"),
    ("int", "-+0123456789", r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)"),
    ("float", "-+.0123456789", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
)
"""Kind of a scalar, how it may begin, what it looks like; the first that fits."""
_TAG = "tag:yaml.org,2002:"
_EXPONENT_FROM = 10**21
"""From here on Go's JSON, in which the engine keeps its numbers, writes whole ones with an exponent."""


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012  the base's own name
        first: [(tag, looks) for tag, looks in known if tag.removeprefix(_TAG) in _ALIKE]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def number(self, node: yaml.ScalarNode) -> float:
        """1e3 is 1000, as it is in JSON."""
        value: float = self.construct_yaml_float(node)
        return int(value) if value.is_integer() and abs(value) < _EXPONENT_FROM else value


_Loader.add_constructor(f"{_TAG}float", _Loader.number)
for _kind, _firsts, _looks in _OWN:
    _Loader.add_implicit_resolver(f"{_TAG}{_kind}", re.compile(rf"({_looks})$"), list(_firsts))


def load(text: bytes) -> object:
    """What a YAML text says. Raises yaml.YAMLError, ValueError or RecursionError when it is none."""
    return yaml.load(text, _Loader)  # noqa: S506  a safe one
