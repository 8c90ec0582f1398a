"""Which stack a name means in this checkout, and in which backend it is kept."""

import json
import os
from pathlib import Path
from typing import Any

from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef, split_name
from delivery.rendering.exits import RenderError
from delivery.world.stack_settings import ContentError, content, mapping, settings

CHECKOUT = Path(__file__).resolve().parents[2]
PACK = CHECKOUT / "policies"
"""What `--policy-pack` takes."""


def find_stack(name: str) -> StackRef:
    """Return the stack that `dev`, `nexia-dev` and the like mean. Raises RecoveryError."""
    folder, stack = split_name(name, frozenset(path.parent.name for path in CHECKOUT.glob("*/Pulumi.yaml")))
    return stack_in(CHECKOUT / folder, stack)


def chosen_stack(name: str, project: Path | None) -> StackRef:
    """Return what a command's NAME and --project mean together. Raises RecoveryError."""
    return stack_in(project.absolute(), name) if project else find_stack(name)


def stack_in(folder: Path, stack: str) -> StackRef:
    """Return a stack of the project in a folder. Raises RecoveryError."""
    return StackRef(folder=folder, project=_project(folder)["name"], stack=stack)


def backend_url(ref: StackRef) -> str:
    """Return the backend's URL as the engine would choose it: environment, project, last login.

    Raises RecoveryError when none of them names one, or the project's file cannot be used.
    """
    if url := os.environ.get("PULUMI_BACKEND_URL"):
        return url
    backend = _project(ref.folder).get("backend")
    try:
        url = mapping(backend, f"backend in {ref.folder / 'Pulumi.yaml'}").get("url")
    except ContentError as error:
        raise RecoveryError(str(error), Exit.BACKEND_UNREADABLE) from None
    if url:
        return str(url)
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        current = json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current")
    except (OSError, ValueError, AttributeError):
        current = None
    if not current:
        raise RecoveryError(
            'no Pulumi backend is chosen; run `eval "$(uv run sandbox env)"`, or set PULUMI_BACKEND_URL.',
            Exit.BACKEND_UNREADABLE,
        )
    return str(current)


def kube_context(ref: StackRef) -> str | None:
    """Return the context of the kubeconfig that the stack's settings name, None for the current one.

    Raises RecoveryError for settings that cannot be read: they may name another cluster than the current one.
    """
    try:
        found = settings(ref).get(f"{ref.project}:kubeContext")
    except RenderError as error:
        if error.code.value == Exit.STACK_UNKNOWN:  # the engine does without a file, too
            return None
        raise RecoveryError(str(error)) from None
    return found if isinstance(found, str) and found else None


def _project(folder: Path) -> dict[str, Any]:
    try:
        document = content(folder / "Pulumi.yaml")
    except FileNotFoundError:
        document = {}
    except ContentError as error:
        raise RecoveryError(str(error), Exit.STACK_UNKNOWN) from None
    if not isinstance(document.get("name"), str):
        raise RecoveryError(
            f"{folder} holds no Pulumi project (a Pulumi.yaml with a name).", Exit.STACK_UNKNOWN
        )
    return document
