"""Which project and stack a name on the command line means."""

from pathlib import Path

from catalogue.models.base import Model
from delivery.recovery.exits import Exit, RecoveryError


class StackRef(Model):
    """One stack of one project; `folder` is where its Pulumi.yaml lies."""

    folder: Path
    project: str
    stack: str

    @property
    def label(self) -> str:
        """The value of `blueocean.io/stack` on its objects."""
        return f"{self.project}.{self.stack}"

    @property
    def relative(self) -> str:
        """Where the file backend keeps it, below `.pulumi/stacks` and its sisters."""
        return f"{self.project}/{self.stack}"


def split_name(name: str, has_project: frozenset[str]) -> tuple[str, str]:
    """Split `nexia-dev` into (folder, stack); a name without a project's folder in front is the root's.

    `has_project` are the folders of the checkout with a Pulumi.yaml. Raises RecoveryError for an empty name.
    """
    if not name:
        raise RecoveryError("name a stack, such as dev or nexia-dev.", Exit.STACK_UNKNOWN)
    folder, dash, stack = name.partition("-")
    return (folder, stack) if dash and stack and folder in has_project else ("", name)
