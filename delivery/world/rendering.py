"""The Kubernetes objects of a stack, by a rehearsal of its program."""

import json
import runpy
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import config

from delivery.recovery.stack import StackRef
from delivery.rendering.exits import RenderError
from delivery.world.stack_settings import settings
from policies.rehearsal import MARKER, RehearsalError, manifest, rehearse

_KUBERNETES = "kubernetes:"


def render(ref: StackRef, extra: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Every Kubernetes object of the stack, secrets replaced by the marker.

    Reads Pulumi.yaml, the stack's file and what the program reads; `extra` are settings of the project on top
    of them. Raises RenderError when there is no such stack, or with the program's own sentence.
    """
    values, secret = _settings(ref)
    values |= {f"{ref.project}:{key}": one for key, one in (extra or {}).items()}

    def run() -> None:
        config.set_all_config(values, secret)
        runpy.run_path(str(ref.folder / "__main__.py"), run_name="__main__")

    try:
        made = rehearse(run, ref.project, ref.stack)
        return [manifest(one.inputs) for one in made if one.token.startswith(_KUBERNETES)]
    except (pulumi.RunError, RehearsalError) as error:
        raise RenderError(str(error)) from None


def _settings(ref: StackRef) -> tuple[dict[str, str], list[str]]:
    """The configuration as the engine would hand it over: the project's defaults, then the stack's values.

    An encrypted value is the marker: no passphrase is needed, and none is looked for.
    """
    values = settings(ref)
    secret = [key for key, one in values.items() if isinstance(one, dict) and "secure" in one]
    return {key: MARKER if key in secret else _text(one) for key, one in values.items()}, secret


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
