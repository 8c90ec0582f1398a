"""Which change in the repository starts which pipeline."""

from typing import Literal

from catalogue.models.base import Model


class Trigger(Model):
    """A glob over changed paths; `{app}` in it names the app whose pipeline runs."""

    paths: str
    starts: Literal["app-pipeline", "dependent-apps", "shared-infrastructure", "ci-configuration"]
