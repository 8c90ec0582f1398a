"""What exists once for all environments: the account's contents, and the room where images are built.

One stack makes it. Import this only there: the SDK for DigitalOcean costs 0.8 s.
"""

import pulumi

from catalogue.models.shape import WorkshopShape
from components.build_room import BuildCredentials, BuildRoom
from components.cloud import Cloud
from components.surroundings import Surroundings


class Workshop(pulumi.ComponentResource):
    """Everything that `what` describes; the registry's write credential goes from one to the other."""

    def __init__(
        self,
        what: WorkshopShape,
        git_token: pulumi.Input[str],
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`git_token` reads the private repository; `opts` carries the providers of cluster and account."""
        super().__init__("blueocean:components:Workshop", "workshop", None, opts)
        own = pulumi.ResourceOptions(parent=self)
        registry = Cloud(what.cloud, own).registry
        credentials = BuildCredentials(docker_config=registry.write_credential, git_token=git_token)
        BuildRoom(what.room, credentials, around, own)
        self.register_outputs({"registry": registry.endpoint})
