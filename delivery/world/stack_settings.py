"""A stack's settings as its files say them, read as the engine reads them."""

import json
from pathlib import Path
from typing import Any

import yaml

from delivery.recovery.stack import StackRef
from delivery.rendering.exits import Exit, RenderError
from delivery.world import engine_yaml


class ContentError(Exception):
    """One sentence that names a file, what is wrong in it, and the cure."""


def settings(ref: StackRef) -> dict[str, Any]:
    """The project's defaults and the stack's values on top of them; a secret is `{secure: …}`.

    As for the engine, a key without a colon belongs to the project, a default that is no mapping is the value
    itself, and a stack's null is the empty text. Raises RenderError when a file is missing, cannot be read or
    holds something else.
    """
    try:
        declared, own = _config(ref, "Pulumi.yaml"), _config(ref, f"Pulumi.{ref.stack}.yaml")
    except FileNotFoundError as error:
        file = Path(error.filename)
        raise RenderError(
            f"There is no {file.name} in {file.parent}; name a stack that has one, such as dev or nexia-dev.",
            Exit.STACK_UNKNOWN,
        ) from None
    except ContentError as error:
        raise RenderError(str(error)) from None
    defaults = {key: _default(one) for key, one in declared.items()}
    return {key: one for key, one in defaults.items() if one is not None} | {
        key: "" if one is None else one for key, one in own.items()
    }


def content(file: Path) -> dict[str, Any]:
    """What a YAML file says. Raises FileNotFoundError, and ContentError for any other trouble."""
    try:
        found = engine_yaml.load(file.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ContentError(f"{file} cannot be read ({error.strerror}); make it a file of yours.") from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ContentError(f"{file} is no YAML: {' '.join(str(error).split())}; mend it, in UTF-8.") from None
    return mapping(found, str(file))


def mapping(found: object, name: str) -> dict[str, Any]:
    """What was found under the name; nothing is an empty mapping. Raises ContentError for anything else."""
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ContentError(f"{name} is no mapping; write it in lines like `key: value`.")
    return found


def _config(ref: StackRef, name: str) -> dict[str, Any]:
    file = ref.folder / name
    found = mapping(content(file).get("config"), f"config in {file}")
    for key, one in found.items():
        try:
            json.dumps(one, allow_nan=False)
        except (TypeError, ValueError):
            sentence = f"{key} in {file} is no plain value, such as a day; put it in quotes, as text."
            raise ContentError(sentence) from None
    return {key if ":" in str(key) else f"{ref.project}:{key}": one for key, one in found.items()}


def _default(one: object) -> object:
    return one.get("value", one.get("default")) if isinstance(one, dict) else one
