"""One ladder of performance loss (D-8): every alert and trigger takes its figure from here."""

from catalogue.models.base import Model
from catalogue.models.percent import Percent


class Ladder(Model):
    """Percent slower than the baseline, each step above the one before."""

    autoscale: Percent
    business_alert: Percent
    abort: Percent
    """Rolls back while a promotion is being watched."""
    rollback: Percent
    """Rolls back at any time."""

    def steps(self) -> dict[str, int]:
        """The steps by name, from the mildest to the gravest."""
        return {
            "autoscale": self.autoscale,
            "business_alert": self.business_alert,
            "abort": self.abort,
            "rollback": self.rollback,
        }
