"""A stack's settings as its files say them."""

from typing import Any

import yaml

from delivery.recovery.stack import StackRef
from delivery.rendering.exits import Exit, RenderError


def settings(ref: StackRef) -> dict[str, Any]:
    """The project's defaults and the stack's values on top of them; a secret is `{secure: …}`.

    Raises RenderError when a file is missing or no YAML.
    """
    declared = _yaml(ref, "Pulumi.yaml").get("config") or {}
    values = {key: one.get("value", one.get("default")) for key, one in declared.items()}
    return values | (_yaml(ref, f"Pulumi.{ref.stack}.yaml").get("config") or {})


def _yaml(ref: StackRef, name: str) -> dict[str, Any]:
    file = ref.folder / name
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RenderError(
            f"There is no {file.name} in {file.parent}; name a stack that has one, such as dev or nexia-dev.",
            Exit.STACK_UNKNOWN,
        ) from None
    except yaml.YAMLError as error:
        raise RenderError(f"{file} is no YAML: {' '.join(str(error).split())}.") from None
    return found if isinstance(found, dict) else {}
