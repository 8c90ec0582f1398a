"""Who or what an alert calls."""

from catalogue.models.base import Model


class Reaction(Model):
    """One receiver or action; `urgent` ones interrupt people at any hour."""

    title: str
    urgent: bool = False
