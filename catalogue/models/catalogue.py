"""Everything that the files under catalogue/ say, checked."""

from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.nexia import Nexia
from catalogue.models.platform import Platform


class Catalogue(Model):
    """The platform, its apps in the order of their names, and NEXIA."""

    platform: Platform
    apps: tuple[App, ...]
    nexia: Nexia
