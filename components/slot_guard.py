"""What keeps all but the slot's owner out of the shared staging, and proves that they are gone: a quota."""

import pulumi
from pulumi_kubernetes.core.v1 import (
    ResourceQuota,
    ResourceQuotaSpecArgs,
    ScopedResourceSelectorRequirementArgs,
    ScopeSelectorArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from catalogue.models.shape import StagingShape
from components.labels import Owner

NOBODY = "nobody"
PATIENCE = 60
"""Seconds for the others' pods to end; twice the grace that a pod is given."""


class SlotGuard(pulumi.ComponentResource):
    """A quota of no pods at all for everybody but the owner. Done when none of theirs is left.

    A quota counts pods by their priority class, so each app has one in staging; it changes nothing in how
    they are scheduled. Whatever is not of the owner's class is a slot conflict, and is not deleted.
    """

    ready: list[pulumi.Resource]

    def __init__(
        self,
        what: StagingShape,
        after: tuple[pulumi.Resource, ...],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` is what sends the others home."""
        super().__init__("blueocean:components:SlotGuard", "staging-slot", None, opts)
        self._what = what
        self._after = list(after)
        self.ready = [self._quota()]
        self.register_outputs({"owner": what.owner or NOBODY})

    def _quota(self) -> ResourceQuota:
        what = self._what
        return ResourceQuota(
            "staging-slot",
            metadata=ObjectMetaArgs(
                name=f"slot-conflicts-with-{what.owner or NOBODY}",
                namespace=what.namespace.name,
                labels=Owner(app=what.namespace.app, environment="staging", stack=what.stack).labels(),
                annotations={
                    "pulumi.com/waitFor": "jsonpath={.status.used.pods}=0",
                    "pulumi.com/timeoutSeconds": str(PATIENCE),
                },
            ),
            spec=ResourceQuotaSpecArgs(hard={"pods": "0"}, scope_selector=self._everybody_else()),
            # Another owner is another quota: the API server counts anew only for a new one.
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._after, delete_before_replace=True),
        )

    def _everybody_else(self) -> ScopeSelectorArgs | None:
        owners = {
            one.priority for app in self._what.apps if app.name == self._what.owner for one in app.workloads
        }
        if not owners:
            return None
        mine = ScopedResourceSelectorRequirementArgs(
            scope_name="PriorityClass", operator="NotIn", values=sorted(name for name in owners if name)
        )
        return ScopeSelectorArgs(match_expressions=[mine])


def priority_classes(what: StagingShape, opts: pulumi.ResourceOptions) -> list[PriorityClass]:
    """One for each app of `what`: the name by which a quota knows its pods."""
    owners = {one.priority: app.name for app in what.apps for one in app.workloads if one.priority}
    return [
        PriorityClass(
            name,
            metadata=ObjectMetaArgs(
                name=name,
                labels=Owner(app=app, environment="staging", stack=what.stack).labels(),
            ),
            value=0,
            preemption_policy="Never",
            description=f"Tells {app}'s pods from the others' in the shared staging.",
            opts=opts,
        )
        for name, app in owners.items()
    ]
