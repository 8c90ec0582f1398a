"""A view of the monitoring."""

from catalogue.models.base import Model


class Dashboard(Model):
    """One kind of board; what it draws is the monitoring's own matter."""

    title: str
