"""What a violation does in which environment: `levels.yaml` as a value."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.files import read

FILE = Path(__file__).with_name("levels.yaml")
Level = Literal["disabled", "advisory", "mandatory"]


class Levels(BaseModel):
    """The level of each stack name; the same in every project."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dev: Level
    staging: Level
    prod: Level

    def of(self, stack: str) -> Level:
        """The stack's level; mandatory for a name that is not configured, so that a new stack is safe."""
        named: dict[str, Level] = {"dev": self.dev, "staging": self.staging, "prod": self.prod}
        return named.get(stack, "mandatory")

    def weakened(self) -> Iterator[str]:
        """One sentence for each level below what the platform promises."""
        for name, level in (("staging", self.staging), ("prod", self.prod)):
            if level != "mandatory":
                yield f"policies/levels.yaml: {name} is {level}, mandatory is due"
        if self.dev == "disabled":
            yield "policies/levels.yaml: dev is disabled, advisory is the least"


def load_levels(file: Path = FILE) -> Levels:
    """The levels. Raises OSError or ValueError when the file cannot be used."""
    return Levels.model_validate(read(file))
