"""What no update and no destroy may take away: the engine refuses until somebody unprotects the resource."""

import pulumi

from catalogue.models.shape import Environment


def kept() -> pulumi.ResourceOptions:
    """For what holds data that nothing can make again: volumes, and the namespaces that they lie in.

    Even unprotected and deleted it is only forgotten: the live object stays (docs/runbooks/destroy-prod.md).
    """
    return pulumi.ResourceOptions(protect=True, retain_on_delete=True)


def guarded(environment: Environment) -> pulumi.ResourceOptions:
    """For what serves production: namespaces, Deployments, Services, routes.

    A destroy without preview deletes until it meets the first protected resource; these come first, and
    everything else that pods need waits for them.
    """
    return pulumi.ResourceOptions(protect=environment == "prod" or None)
