"""Everything of a stack, decided and not yet made, so that it can be looked at before it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from catalogue.models.shape import AppShape, Environment, StagingShape, WorkshopShape
from components import summary
from components.admission import guard
from components.cluster import cluster
from components.shared_services import ServiceChoice, served
from components.staging import place
from components.surroundings import Surroundings
from components.workshop import Workshop

Guards = Callable[[Environment], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Estate:
    """What a stack is made of; what is None is not made."""

    apps: tuple[AppShape, ...]
    around: Surroundings
    context: str | None
    """Of the kubeconfig; None: its current one."""
    staging: StagingShape | None = None
    guards: Guards | None = None
    """What guards an environment at the API server."""
    services: ServiceChoice | None = None
    workshop: WorkshopShape | None = None
    git_token: Callable[[], pulumi.Input[str]] = str
    """Reads the workshop's token: a secret belongs to the run that reads it."""

    def make(self) -> None:
        """Make all of it, in the order that it needs."""
        token = self.git_token() if self.workshop else ""
        on_cluster = pulumi.ResourceOptions(providers=[cluster(self.context)])
        if self.guards:
            guard(self.apps[0], self.guards, on_cluster)
        around = served(self.services, self.apps[0].stack, self.around, on_cluster)
        made = place(self.apps, self.staging, around, on_cluster)
        if self.workshop:
            Workshop(self.workshop, token, self.around, on_cluster)
        summary.export(made)
