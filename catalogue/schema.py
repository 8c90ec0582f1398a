"""JSON schemas of the catalogue's files, for editors; `python -m catalogue.schema` writes them.

They say what one file may hold; what only holds across files (`catalogue/checks/`) an editor can't know.
"""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.nexia import Nexia
from catalogue.models.platform import Platform
from catalogue.models.prices import Prices
from catalogue.models.release import ReleaseFile

FOLDER = Path(__file__).resolve().parent / "schema"
"""Where the generated files stand."""
_MODELS: dict[str, type[Model]] = {
    "app": App,
    "nexia": Nexia,
    "platform": Platform,
    "prices": Prices,
    "releases": ReleaseFile,
}


def schemas() -> dict[str, str]:
    """The text of every schema by its file's name."""
    return {f"{name}.json": _text(model) for name, model in _MODELS.items()}


def write(folder: Path = FOLDER) -> None:
    """Writes all schemas into the folder. Raises OSError when it can't."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(model: type[Model]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    for one in _reachable(model):
        part = schema if one is model else schema["$defs"][one.__name__]
        _describe(part["properties"], one)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _describe(properties: dict[str, Any], model: type[Model]) -> None:
    """Takes the texts under the fields into the schema.

    pydantic can do it at import (use_attribute_docstrings), but that costs every program 30 ms.
    """
    for owner in model.__mro__:
        if issubclass(owner, Model):
            for name, text in _field_texts(owner):
                properties[name].setdefault("description", text)


def _field_texts(model: type[Model]) -> Iterator[tuple[str, str]]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    for field, text in pairwise(ast.iter_child_nodes(definition)):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield field.target.id, inspect.cleandoc(str(text.value.value)).replace("\n", " ")


def _reachable(model: type[Model]) -> Iterator[type[Model]]:
    """The model and every model within it, each once."""
    found: dict[type[Model], None] = {}
    waiting: list[object] = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, Model) and one not in found:
            found[one] = None
            waiting += [field.annotation for field in one.model_fields.values()]
        waiting += get_args(one)
    yield from found


if __name__ == "__main__":
    write()
