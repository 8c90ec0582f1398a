"""Images that were rolled back: a second record, which no change of a passport undoes."""

from catalogue.models.base import Model
from catalogue.models.release import Digest


class Quarantine(Model):
    """The digests that must not enter production again, whatever their passport says."""

    digests: frozenset[Digest]
