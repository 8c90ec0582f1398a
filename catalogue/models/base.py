"""What every model of the catalogue has in common: frozen, and no key that nobody reads."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value; an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
