"""A directory that outlives its pod."""

from typing import Literal

from catalogue.models.base import Model
from catalogue.models.quantity import Bytes
from catalogue.models.text import MountPath


class Volume(Model):
    """Mounted at `mount`; a persistent claim of `size` in production, scratch space of the pod elsewhere."""

    mount: MountPath
    size: Bytes
    access: Literal["ReadWriteOnce", "ReadWriteMany"] = "ReadWriteOnce"
