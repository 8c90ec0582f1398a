"""How many pods a Deployment has in production."""

from typing import Literal

from pydantic import PositiveInt

from catalogue.models.base import Model
from catalogue.models.percent import Percent


class Autoscaling(Model):
    """Bounds of a HorizontalPodAutoscaler, and the CPU use (percent of the request) that it aims at."""

    min: PositiveInt
    max: PositiveInt
    cpu: Percent
    pace: Literal["normal", "conservative"] = "normal"
    """`conservative` gives pods back more slowly."""
