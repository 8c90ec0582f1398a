"""The field manager: the name under which server-side apply keeps what this plugin owns."""

from typing import Any

from sandbox.plugins.kubernetes.objects import FIELD_MANAGER, annotation

NAME = "pulumi-kubernetes"
ANNOTATION = "pulumi.com/patchFieldManager"


def manager_of(inputs: dict[str, Any], state: dict[str, Any] | None = None) -> str:
    """The program's own choice, else the one that the state recorded, else ours."""
    recorded = (state or {}).get(FIELD_MANAGER)
    return annotation(inputs, ANNOTATION) or (recorded if isinstance(recorded, str) and recorded else NAME)
