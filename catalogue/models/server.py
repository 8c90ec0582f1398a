"""What the shared servers take in the cluster, where they stand in it: one pod each, and its volume."""

from catalogue.models.base import Model
from catalogue.models.quantity import Bytes, Compute, Resources

_LARGE = Resources(requests=Compute(memory="1Gi", cpu="500m"), limits=Compute(memory="2Gi", cpu="1"))
_SMALL = Resources(requests=Compute(memory="256Mi", cpu="100m"), limits=Compute(memory="512Mi", cpu="500m"))


class ServerSize(Model):
    """One pod and the volume that outlives it."""

    volume: Bytes
    resources: Resources


class ServerSizes(Model):
    """Each server's size; a server that stands elsewhere ignores its own."""

    postgres: ServerSize = ServerSize(volume="50Gi", resources=_LARGE)
    redis: ServerSize = ServerSize(volume="10Gi", resources=_LARGE)
    prometheus: ServerSize = ServerSize(volume="50Gi", resources=_LARGE)
    grafana: ServerSize = ServerSize(volume="5Gi", resources=_SMALL)
