"""The shared staging: one namespace, all apps in it, at most one of them present."""

from dataclasses import replace

import pulumi

from catalogue.models.shape import AppShape, StagingShape
from components.application import Application
from components.labels import Owner
from components.namespace import Namespace
from components.slot_guard import SlotGuard, priority_classes
from components.surroundings import Surroundings
from components.turnover import Turnover


class Staging(pulumi.ComponentResource):
    """What `what` describes, in the order of a hand-over: others out, emptied and proved clean, owner in."""

    apps: tuple[AppShape, ...]
    """As they run there."""

    def __init__(
        self, what: StagingShape, around: Surroundings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """`opts` carries the cluster's provider; `around` what staging doesn't decide itself."""
        super().__init__("blueocean:components:Staging", what.namespace.name, None, opts)
        self._what = what
        self.apps = what.apps
        self._owner = Owner(app=what.namespace.app, environment="staging", stack=what.stack)
        self._own = pulumi.ResourceOptions(parent=self)
        room = Namespace(what.namespace, self._owner, around, self._own)
        classes = priority_classes(what, self._own)
        around = replace(around, after=(*around.after, *room.rails, *classes))
        out = tuple(Application(app, around, self._own) for app in self._others())
        guard = SlotGuard(what, (*around.after, *out), self._own).ready
        owner = next((app for app in what.apps if app.name == what.owner), None)
        if owner is None:
            self._turn_over(around, (*out, *guard))
        else:

            def clean(tenants: tuple[pulumi.Resource, ...]) -> list[pulumi.Resource]:
                return self._turn_over(around, (*out, *guard, *tenants))

            Application(owner, replace(around, before_pods=clean), self._own)
        self.register_outputs({"owner": what.owner})

    def _others(self) -> list[AppShape]:
        return [app for app in self._what.apps if app.name != self._what.owner]

    def _turn_over(self, around: Surroundings, after: tuple[pulumi.Resource, ...]) -> list[pulumi.Resource]:
        around = replace(around, after=(*around.after, *after))
        return Turnover(self._what, self._owner, around, self._own).ready


def place(
    apps: tuple[AppShape, ...],
    staging: StagingShape | None,
    around: Surroundings,
    opts: pulumi.ResourceOptions,
) -> tuple[AppShape, ...]:
    """Make the apps, in staging as the calendar wants them, and return them as they were made."""
    if staging:
        return Staging(staging, around, opts).apps
    for app in apps:
        Application(app, around, opts)
    return apps
