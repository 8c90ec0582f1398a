"""Secrets stay secret: in outputs at the paths where the inputs had them, and out of every message."""

import base64
import contextlib
from typing import Any

from sandbox.plugins.values import Secret, Value, has, reveal

SECRET_FIELDS = ("data", "stringData")
SHORTEST = 4  # characters; shorter ones would blot out half of every message


def mark_like(outputs: dict[str, Value], inputs: dict[str, Value]) -> dict[str, Value]:
    """The outputs with every value secret whose input is.

    Objects are entered; a list with a secret anywhere becomes secret as a whole, because the API server may
    reorder it.
    """
    result = dict(outputs)
    for key, given in inputs.items():
        if key not in result:
            continue
        if isinstance(given, dict) and isinstance(result[key], dict):
            result[key] = mark_like(result[key], given)
        elif has(given, Secret) and not isinstance(result[key], Secret):
            result[key] = Secret(result[key])
    return result


def mark_kind(outputs: dict[str, Value]) -> dict[str, Value]:
    """The contents of a Secret are secret whether the program said so or not."""
    if outputs.get("kind") != "Secret":
        return outputs
    hidden = {
        key: Secret(reveal(outputs[key]))
        for key in SECRET_FIELDS
        if key in outputs and outputs[key] is not None
    }
    return {**outputs, **hidden}


def secret_texts(inputs: Value, *, inside: bool = False) -> set[str]:
    """Every secret text of the inputs, with its base64 and with what its base64 hides."""
    if isinstance(inputs, Secret):
        return secret_texts(inputs.value, inside=True)
    if isinstance(inputs, dict):
        is_secret = inputs.get("kind") == "Secret"
        return {
            text
            for key, item in inputs.items()
            for text in secret_texts(item, inside=inside or (is_secret and key in SECRET_FIELDS))
        }
    if isinstance(inputs, list):
        return {text for item in inputs for text in secret_texts(item, inside=inside)}
    if not inside or not isinstance(inputs, str):
        return set()
    return {text for text in _forms(inputs) if len(text) >= SHORTEST}


def _forms(text: str) -> set[str]:
    forms = {text, base64.b64encode(text.encode()).decode()}
    with contextlib.suppress(ValueError):
        forms.add(base64.b64decode(text, validate=True).decode())
    return forms


def redact(message: str, inputs: dict[str, Any]) -> str:
    """The message without any secret of the inputs."""
    for text in sorted(secret_texts(inputs), key=len, reverse=True):
        message = message.replace(text, "[secret]")
    return message
