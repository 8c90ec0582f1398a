"""An app in one environment: its namespaces, tenants, workloads and routes, in the order that they need."""

from dataclasses import replace

import pulumi

from catalogue.models.shape import AppShape
from components.labels import Owner
from components.namespace import Namespace
from components.postgres_tenant import PostgresTenant
from components.redis_tenant import RedisTenant
from components.route import Route
from components.supervision import Supervision
from components.surroundings import Surroundings
from components.workload import Workload


class Application(pulumi.ComponentResource):
    """Everything that `what` describes, none of it shared with another app."""

    def __init__(
        self, what: AppShape, around: Surroundings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """`opts` carries the cluster's provider; `around` what the app doesn't decide itself."""
        super().__init__("blueocean:components:Application", what.name, None, opts)
        self._what = what
        self._owner = Owner(app=what.name, environment=what.environment, stack=what.stack)
        self._own = pulumi.ResourceOptions(parent=self)
        around = replace(around, after=(*around.after, *self._namespaces(around)))
        tenants = tuple(self._tenants(around))
        ready = (*around.after, *tenants, *around.before_pods(tenants), *self._supervision(around))
        services = self._workloads(ready)
        self._routes((*around.after, *services))
        self.register_outputs({"app": what.name, "environment": what.environment})

    def _namespaces(self, around: Surroundings) -> list[pulumi.Resource]:
        made = [Namespace(one, self._owner, around, self._own) for one in self._what.namespaces]
        return [rail for one in made for rail in one.rails]

    def _tenants(self, around: Surroundings) -> list[pulumi.Resource]:
        found = [
            one
            for what in self._what.postgres
            for one in PostgresTenant(what, self._owner, around, self._own).ready
        ]
        if self._what.redis:
            found += RedisTenant(self._what.redis, self._owner, around, self._own).ready
        return found

    def _supervision(self, around: Surroundings) -> list[pulumi.Resource]:
        if not any(one.supervises for one in self._what.workloads):
            return []
        return Supervision(self._what, self._owner, around, self._own).ready

    def _workloads(self, after: tuple[pulumi.Resource, ...]) -> list[pulumi.Resource]:
        return [Workload(one, self._owner, after, self._own).service for one in self._what.workloads]

    def _routes(self, after: tuple[pulumi.Resource, ...]) -> None:
        routes = [self._what.route] if self._what.route else []
        for one in (*routes, *self._what.side_routes):
            Route(one, self._owner, after, self._own)
