"""From what pydantic found to problems that a platform engineer can act on. Pure."""

import json
import re
from collections.abc import Iterator
from typing import TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from catalogue.document import Document, Path, dotted
from catalogue.models.base import Model
from catalogue.problem import Problem

M = TypeVar("M", bound=Model)
_MAX_SHOWN = 60
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")
_WORDS = {
    "int_type": ("is no whole number", "write a whole number without quotes"),
    "int_from_float": ("is no whole number", "write a whole number"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "string_type": ("is no text", 'put it in quotes, with its unit where it has one, like "500m"'),
    "dict_type": ("is no mapping", "write keys below it, one a line"),
    "model_type": ("is no mapping", "write keys below it, one a line"),
    "tuple_type": ("is no list", "write a list, like [a, b]"),
}


def validated(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """The document as a model, or every reason why it is none. Strict: nothing is converted silently."""
    try:
        return model.model_validate_json(json.dumps(document.data), strict=True), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [_problem(document, model, one) for one in found if not _is_miscounted(document, one)]


def _is_miscounted(document: Document, error: ErrorDetails) -> bool:
    """Whether a list is long enough: pydantic counts without the entries that it refused for themselves."""
    entries = document.at(error["loc"]) if error["type"] == "too_short" else None
    return isinstance(entries, list) and len(entries) >= error["ctx"]["min_length"]


def salvaged(document: Document, model: type[M]) -> tuple[M | None, frozenset[str]]:
    """The document without what the model refuses, so that the rest can be checked too, and what was cut.

    The cuts are top-level keys; an unknown key is no cut. None where too little is left to make the model.
    """
    data = json.loads(json.dumps(document.data))
    cuts: set[str] = set()
    while isinstance(data, dict) and data:
        try:
            return model.model_validate_json(json.dumps(data), strict=True), frozenset(cuts)
        except ValidationError as error:
            found = [
                (_refused(one), one["type"] == "extra_forbidden") for one in error.errors(include_url=False)
            ]
        gone = [path for path, _ in found if path and _cut(data, path)]
        cuts |= {str(path[0]) for path, unknown in found if path and not unknown}
        if not gone:
            break
    return None, frozenset()


def _refused(error: ErrorDetails) -> Path:
    """The key to cut: that of the error; the whole for a part that is missing or stands in a list."""
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    whole = next((place for place, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[: min(whole, len(path) - 1 if error["type"] == "missing" else len(path))]


def _cut(data: object, path: Path) -> bool:
    for part in path[:-1]:
        data = data.get(part) if isinstance(data, dict) else None
    return isinstance(data, dict) and data.pop(path[-1], data) is not data


def _problem(document: Document, model: type[Model], error: ErrorDetails) -> Problem:
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    message, cure = _words(model, path, error)
    value = "" if error["type"] in ("extra_forbidden", "missing") else shown(document.at(path))
    return Problem(document.file, document.line(path), dotted(path), value, message, cure)


def _words(model: type[Model], path: Path, error: ErrorDetails) -> tuple[str, str]:
    """Message and cure."""
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            words = "is an unknown key", nearest(str(path[-1]), _known(model, path[:-1]))
        case "missing":
            words = "is missing", f"add the key {path[-1]}"
        case "value_error":
            message, _, cure = str(context["error"]).partition("; ")
            words = message, cure or "correct it"
        case "literal_error":
            words = "is not one of the choices", f"write {context['expected']}"
        case "too_short":
            words = f"has {context['actual_length']} entries", f"write at least {context['min_length']}"
        case "too_long":
            words = f"has {context['actual_length']} entries", f"write at most {context['max_length']}"
        case "greater_than" | "greater_than_equal":
            words = "is too small", f"write a number {error['msg'].removeprefix('Input should be ')}"
        case "less_than" | "less_than_equal":
            words = "is too large", f"write a number {error['msg'].removeprefix('Input should be ')}"
        case _:
            words = _WORDS.get(kind) or (error["msg"][0].lower() + error["msg"][1:], "correct it")
    return words


def nearest(key: str, known: list[str]) -> str:
    """A cure for a name that nobody knows: the one that was probably meant, or all."""
    import difflib  # noqa: PLC0415 - 60 ms that only a refusal needs

    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"


def _known(model: type[Model], path: Path) -> list[str]:
    """The keys of the model that stands at the path, found by following the annotations."""
    here: list[type[Model]] = [model]
    for part in path:
        fields = [one.model_fields[str(part)].annotation for one in here if str(part) in one.model_fields]
        if fields:
            here = [found for annotation in fields for found in _models(annotation)]
    return [name for one in here for name in one.model_fields]


def _models(annotation: object) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def shown(value: object) -> str:
    """A value for a message: short, one line, without credentials; nothing for what is no scalar."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _CREDENTIALS.sub("***@", str(value))
    text = text.encode("unicode_escape").decode() if not text.isprintable() else text
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
